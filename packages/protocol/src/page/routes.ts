// The API of the page: every route, from which the server's handlers and the page's client derive their types.
import { z } from 'zod';
import { reportSchema } from '../report/report.js';
import { commandRecordSchema, giveCommandSchema } from './command.js';
import {
  correctedSchema,
  correctionsRequestSchema,
  hardRowsQuerySchema,
  hardRowsSchema,
  inspectionSchema,
  inspectRequestSchema,
  rowsQuerySchema,
  rowsSchema,
  uploadAnswerSchema,
  uploadQuerySchema,
} from './data.js';
import { figureQuerySchema, figureSchema } from './figures.js';
import { findingsSchema } from './findings.js';
import { newsQuerySchema, newsSchema } from './news.js';
import { planNewsSchema, planRequestSchema, startedSchema, startRequestSchema } from './plan.js';
import type { Route } from './route.js';
import {
  changeDatabaseSchema,
  changeStudySchema,
  databaseSchema,
  openDatabaseSchema,
  studiesSchema,
  studySummarySchema,
} from './studies.js';
import { studyOverviewSchema } from './study.js';
import { trialDetailSchema, trialsQuerySchema, trialsSchema } from './trials.js';
import {
  answerNewsSchema,
  answerRequestSchema,
  confusionSchema,
  exportJobSchema,
  exportRequestSchema,
  heldOutQuerySchema,
  heldOutSchema,
  takeawaySchema,
} from './use.js';
import {
  openSessionSchema,
  sessionSchema,
  trainingNeedsQuerySchema,
  trainingNeedsSchema,
  workspaceSchema,
} from './workspace.js';

const nothing = z.object({});
const study = '/api/studies/:study' as const;

export const routes = {
  openSession: { method: 'POST', path: '/api/session', body: openSessionSchema, answer: sessionSchema },
  workspace: { method: 'GET', path: '/api/workspace', answer: workspaceSchema },
  trainingNeeds: {
    method: 'GET',
    path: '/api/training-needs',
    query: trainingNeedsQuerySchema,
    answer: trainingNeedsSchema,
  },
  news: { method: 'GET', path: '/api/news', query: newsQuerySchema, stream: newsSchema },

  upload: {
    method: 'POST',
    path: '/api/data',
    query: uploadQuerySchema,
    upload: true,
    answer: uploadAnswerSchema,
  },
  inspect: { method: 'POST', path: '/api/inspections', body: inspectRequestSchema, answer: inspectionSchema },
  rows: { method: 'GET', path: '/api/inspections/:inspection/rows', query: rowsQuerySchema, answer: rowsSchema },
  correctData: {
    method: 'POST',
    path: '/api/inspections/:inspection/corrections',
    body: correctionsRequestSchema,
    answer: correctedSchema,
  },

  plan: { method: 'POST', path: '/api/plans', body: planRequestSchema, stream: planNewsSchema },
  start: { method: 'POST', path: '/api/studies', body: startRequestSchema, answer: startedSchema },

  studies: { method: 'GET', path: '/api/studies', answer: studiesSchema },
  openDatabase: { method: 'POST', path: '/api/databases', body: openDatabaseSchema, answer: databaseSchema },
  changeDatabase: {
    method: 'POST',
    path: '/api/databases/:database',
    body: changeDatabaseSchema,
    answer: databaseSchema,
  },
  closeDatabase: { method: 'POST', path: '/api/databases/:database/close', body: nothing, answer: nothing },

  study: { method: 'GET', path: study, answer: studyOverviewSchema },
  changeStudy: { method: 'POST', path: study, body: changeStudySchema, answer: studySummarySchema },
  deleteStudy: { method: 'POST', path: `${study}/delete`, body: nothing, answer: studySummarySchema },
  restoreStudy: { method: 'POST', path: `${study}/restore`, body: nothing, answer: studySummarySchema },
  /** Starts a process that goes on where the study was stopped. */
  resumeStudy: { method: 'POST', path: `${study}/resume`, body: nothing, answer: studySummarySchema },
  /** Ends the process after its step; the study can go on later. */
  stopStudy: { method: 'POST', path: `${study}/stop`, body: nothing, answer: studySummarySchema },

  trials: { method: 'GET', path: `${study}/trials`, query: trialsQuerySchema, answer: trialsSchema },
  trial: { method: 'GET', path: `${study}/trials/:trial`, answer: trialDetailSchema },
  figure: { method: 'GET', path: `${study}/figures/:kind`, query: figureQuerySchema, answer: figureSchema },
  findings: { method: 'GET', path: `${study}/findings`, answer: findingsSchema },
  report: { method: 'GET', path: `${study}/report`, answer: reportSchema },

  commands: {
    method: 'GET',
    path: `${study}/commands`,
    answer: z.object({ commands: z.array(commandRecordSchema) }),
  },
  giveCommand: { method: 'POST', path: `${study}/commands`, body: giveCommandSchema, answer: commandRecordSchema },

  /** Inspects the study's own data, so that `rows` and `correctData` can be asked. */
  studyData: { method: 'POST', path: `${study}/inspection`, body: nothing, answer: inspectionSchema },
  hardRows: { method: 'GET', path: `${study}/hard-rows`, query: hardRowsQuerySchema, answer: hardRowsSchema },
  heldOut: { method: 'GET', path: `${study}/held-out`, query: heldOutQuerySchema, answer: heldOutSchema },
  answer: { method: 'POST', path: `${study}/answers`, body: answerRequestSchema, stream: answerNewsSchema },
  confusion: { method: 'GET', path: `${study}/confusion`, answer: confusionSchema },
  takeaway: { method: 'GET', path: `${study}/takeaway`, answer: takeawaySchema },
  export: { method: 'POST', path: `${study}/exports`, body: exportRequestSchema, answer: exportJobSchema },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** The parts of the address. */
export type PathOf<Name extends RouteName> = Record<Names<Routes[Name]['path']>, string>;

type SchemaOf<Name extends RouteName, Key extends string> =
  Routes[Name] extends Readonly<Record<Key, infer Schema extends z.ZodType>> ? Schema : undefined;
type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** As a client gives them, and as a handler gets them: with defaults filled in. */
export type QueryOf<Name extends RouteName> = InputOf<SchemaOf<Name, 'query'>>;
export type ParsedQueryOf<Name extends RouteName> = OutputOf<SchemaOf<Name, 'query'>>;
export type BodyOf<Name extends RouteName> = InputOf<SchemaOf<Name, 'body'>>;
export type ParsedBodyOf<Name extends RouteName> = OutputOf<SchemaOf<Name, 'body'>>;

export type AnswerOf<Name extends RouteName> = OutputOf<SchemaOf<Name, 'answer'>>;

/** One event of a stream. */
export type StreamOf<Name extends RouteName> = OutputOf<SchemaOf<Name, 'stream'>>;

/** The address of a route with its parts filled in and its query appended. */
export function addressOf<Name extends RouteName>(name: Name, path: PathOf<Name>, query?: QueryOf<Name>): string {
  const parts = path as Record<string, string>;
  const address = routes[name].path.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(parts[part]!));
  const given = Object.entries((query ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return search === '' ? address : `${address}?${search}`;
}

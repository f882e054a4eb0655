// What a worker must know to run trials of a study, kept in the study itself: storage and study are all that a worker is given.
import type { JsonValue, Study } from '@goldilocks/study';
import { z } from 'zod';
import { UserError } from '../errors.js';
import type { JourneySettings } from '../journey/options.js';
import type { Schedule } from '../journey/schedule.js';
import type { PilotResult } from '../pilot/pilot.js';
import type { Plan } from '../plan/plan.js';
import type { ModelDescription } from '../workers/operations.js';
import { type EngineName, engineNames } from './cluster-options.js';

const jobFormat = 1;
const jobAttribute = 'goldilocks:job';

export interface SharedJob {
  /** How data and model are read; paths as they are on the machine that began. */
  settings: JourneySettings;
  model: ModelDescription;
  /** Of the data's content: a worker refuses other data. */
  dataHash: string;
  plan: Plan;
  pilot: PilotResult;
  schedule: Schedule;
  engine: EngineName;
  /** Trials to run; null where time alone ends the search. */
  trials: number | null;
  /** ISO 8601. No trial starts later; null where trials alone end the search. */
  startsUntil: string | null;
  /** Whether a trial that falls behind at a share of its schedule is stopped there. */
  prune: boolean;
  /** Between signs of life, and how long without one makes a trial lost. */
  heartbeat: { intervalMs: number; graceMs: number };
}

// Written by us, for us: what is checked is that it is ours and of this version.
const jobSchema = z.looseObject({
  format: z.literal(jobFormat),
  settings: z.looseObject({ data: z.string() }),
  model: z.looseObject({ directory: z.string(), hash: z.string() }),
  dataHash: z.string(),
  plan: z.looseObject({}),
  pilot: z.looseObject({}),
  schedule: z.looseObject({}),
  engine: z.enum(engineNames),
  trials: z.number().nullable(),
  startsUntil: z.string().nullable(),
  prune: z.boolean(),
  heartbeat: z.object({ intervalMs: z.number(), graceMs: z.number() }),
});

export async function writeJob(study: Study, job: SharedJob): Promise<void> {
  const plain = JSON.parse(JSON.stringify({ format: jobFormat, ...job })) as JsonValue;
  await study.setUserAttribute(jobAttribute, plain);
}

/** Undefined where the study has none yet. Throws UserError for one of another version. */
export async function readJob(study: Study): Promise<SharedJob | undefined> {
  const attribute = (await study.userAttributes())[jobAttribute];
  if (attribute === undefined) return undefined;
  const found = jobSchema.safeParse(attribute);
  if (found.success) return found.data as unknown as SharedJob;
  throw new UserError(
    `The study «${study.name}» was shared by another version of Goldilocks. Use the same version on every machine.`,
    { exitCode: 1 },
  );
}

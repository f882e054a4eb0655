// What is known of a journey so far, on disk beside its study: each finished stage is there and is not done again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report, Stage } from '@goldilocks/protocol';
import type { Confirmation } from '../confirm/confirm.js';
import type { ConfirmRun } from '../confirm/confirm-run.js';
import { UserError } from '../errors.js';
import type { PilotResult } from '../pilot/pilot.js';
import type { Plan } from '../plan/plan.js';
import { writeFileAtomic } from '../state/atomic.js';
import type { PastWinner } from '../transfer/past-winner.js';
import type { ModelDescription } from '../workers/operations.js';
import type { FinalRun } from './final-runs.js';
import type { JourneySettings } from './options.js';
import type { Schedule } from './schedule.js';
import type { TestResult } from './test-stage.js';

export const journeyFormat = 1;

export interface JourneyRecord {
  format: typeof journeyFormat;
  study: string;
  /** ISO 8601. */
  createdAt: string;
  /** Where relative paths of the settings begin. */
  workingDirectory: string;
  settings: JourneySettings;
  /** Seconds spent, over all sittings. */
  spentSeconds: number;
  stageSeconds: Partial<Record<Stage, number>>;
  /** Largest resident memory of any training process, in bytes. */
  peakMemoryBytes: number;
  /** Tokens trained on, in all runs. */
  tokens: number;
  warnings: string[];
  model?: ModelDescription;
  dataHash?: string;
  /** As the pilot left it. */
  plan?: Plan;
  /** Settings of earlier studies on like data, tried early; absent where none was looked for. */
  past?: PastWinner[];
  /** Loss of the base model on the reference text; absent where what is forgotten is not measured. */
  baseReferenceLoss?: number;
  pilot?: PilotResult;
  schedule?: Schedule;
  /** Commands by which the budget was extended. */
  extensions?: string[];
  searched?: boolean;
  confirmRuns: ConfirmRun[];
  /** Absent where nothing was to be confirmed. */
  confirmation?: Confirmation;
  confirmed?: boolean;
  final?: { recommended: FinalRun; found: FinalRun };
  test?: TestResult;
  report?: Report;
}

const fileName = 'journey.json';

export async function saveRecord(studyFolder: string, record: JourneyRecord): Promise<void> {
  await writeFileAtomic(join(studyFolder, fileName), `${JSON.stringify(record)}\n`);
}

/** The record of a study, or undefined where the folder has none. Throws UserError for one of another version. */
export async function loadRecord(studyFolder: string): Promise<JourneyRecord | undefined> {
  const path = join(studyFolder, fileName);
  let record: JourneyRecord;
  try {
    record = JSON.parse(await readFile(path, 'utf8')) as JourneyRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`${path} is damaged, so this study cannot go on. Start another with --study.`, { exitCode: 1 });
  }
  checkVersion(record.format, record.study);
  return record;
}

/** Throws UserError for a study written by another version of Goldilocks than can be read. */
export function checkVersion(format: unknown, study: string): void {
  if (format === journeyFormat) return;
  throw new UserError(
    `The study «${study}» has format ${String(format)}; this version of Goldilocks reads format ${journeyFormat}. ` +
      'Go on with the version that made it, or start another study with --study.',
  );
}

// Where a worker works: model and data found on this machine and checked, examples tokenised, ready for trials.
import { existsSync } from 'node:fs';
import type { JourneyEvent } from '@goldilocks/protocol';
import type { Storage, Study } from '@goldilocks/study';
import { locateModel } from '../../base-models/locate.js';
import { UserError } from '../../errors.js';
import { repositoryNamed } from '../../hub/repository.js';
import type { JourneyContext } from '../../journey/context.js';
import { prepare } from '../../journey/inspect-stage.js';
import { type JourneyRecord, journeyFormat } from '../../journey/record.js';
import { retentionOf } from '../../journey/retention.js';
import { trainingData } from '../../journey/training-data.js';
import type { TrialStages } from '../../journey/trial-stages.js';
import { Clock } from '../../search/clock.js';
import { prepareStateFolder, type StateFolder, stateFolderAt, stateFolderOf } from '../../state/folder.js';
import { localEngine } from '../../workers/local.js';
import type { TrialEngine, TrialProcess } from '../../workers/operations.js';
import { pytorchEngine } from '../../workers/pytorch.js';
import type { EngineName } from '../cluster-options.js';
import type { SharedJob } from '../shared-job.js';

export interface WorkplaceOptions {
  storage: Storage;
  study: Study;
  job: SharedJob;
  /** Where data and model are on this machine, if not where they are on the one that began. */
  data?: string;
  model?: string;
  engine?: EngineName;
  /** Default: `.goldilocks` beside the data. Workers that share it go on from each other's checkpoints. */
  stateDirectory?: string;
  signal?: AbortSignal;
  emit(event: JourneyEvent): void;
}

/** @throws UserError where this machine lacks data or model, or has others */
export async function openWorkplace(options: WorkplaceOptions): Promise<TrialStages> {
  const { job } = options;
  const settings = { ...job.settings, data: findData(options), model: await findModel(options) };
  const state =
    options.stateDirectory === undefined ? stateFolderOf(settings.data) : stateFolderAt(options.stateDirectory);
  await prepareStateFolder(state);
  const context = contextFor(options, state, {
    format: journeyFormat,
    study: options.study.name,
    createdAt: new Date().toISOString(),
    workingDirectory: process.cwd(),
    settings,
    spentSeconds: 0,
    stageSeconds: {},
    peakMemoryBytes: 0,
    tokens: 0,
    warnings: [],
    model: job.model,
    dataHash: job.dataHash,
    confirmRuns: [],
  });
  try {
    const prepared = await prepare(context);
    const data = await trainingData(context.preparation, state.cache, prepared, job.plan.settings);
    const retention = await retentionOf(context, prepared.model.directory);
    const piloted = { plan: job.plan, pilot: job.pilot, schedule: job.schedule };
    return { context, prepared, piloted, data, retention };
  } finally {
    // Its process would hold memory that trials need.
    await context.endPreparation();
  }
}

function findData({ job, data = job.settings.data }: WorkplaceOptions): string {
  if (existsSync(data) || repositoryNamed(data, 'dataset')) return data;
  throw new UserError(
    `This machine has no ${data}, the data of the study. Copy them here (their content is compared), or say where they are with --data.`,
  );
}

async function findModel({
  job,
  model = job.settings.model ?? job.model.directory,
}: WorkplaceOptions): Promise<string> {
  try {
    return await locateModel(model);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `This machine has no model ${model}, which the study tunes. Copy its folder here (its weights are compared), or say where it is with --model.`,
      { cause: error },
    );
  }
}

function contextFor(options: WorkplaceOptions, state: StateFolder, record: JourneyRecord): JourneyContext {
  const engine = engineOf(options, state);
  let preparation: TrialProcess | undefined;
  return {
    record,
    state,
    engine,
    storage: options.storage,
    study: options.study,
    signal: options.signal,
    // The machine that began has said what is remarkable about the data.
    emit: (event) => (event.type === 'message' ? undefined : options.emit(event)),
    clock: new Clock(0, engine.now),
    preparation() {
      preparation ??= engine.open('the preparation');
      return preparation;
    },
    async endPreparation() {
      await preparation?.close();
      preparation = undefined;
    },
  };
}

function engineOf({ job, engine = job.engine }: WorkplaceOptions, { cache }: StateFolder): TrialEngine {
  return engine === 'pytorch' ? pytorchEngine({ cacheDirectory: cache }) : localEngine({ cacheDirectory: cache });
}

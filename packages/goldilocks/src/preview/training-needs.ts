// What a base model will need on this machine, before anything is trained: memory from its graph, speed from a second of its arithmetic.
import type { TrainingNeeds } from '@goldilocks/protocol/page';
import { openModel } from '../journey/prepare.js';
import { settingsOf } from '../plan/plan.js';
import { recommend } from '../plan/recommend.js';
import { withWorkplace } from '../use/workplace.js';
import type { TrialEngine } from '../workers/operations.js';

export interface TrainingNeedsOptions {
  model: string;
  /** The longest example in tokens; default 256. */
  longest?: number;
  /** The workspace: its cache knows models that were used before. */
  folder: string;
  engine?: TrialEngine;
  signal?: AbortSignal;
}

const usualLongest = 256;

/** With the recommended settings. @throws UserError where the model cannot be used */
export function trainingNeeds(options: TrainingNeedsOptions): Promise<TrainingNeeds> {
  const { model: given, longest = usualLongest, folder: near, engine, signal } = options;
  return withWorkplace({ purpose: 'the estimate', near, engine, signal }, async ({ process }) => {
    const model = await openModel(process, { model: given });
    const data = { task: 'generation', tokensPerExample: { max: longest } } as const;
    const settings = settingsOf(recommend(model), { model, data });
    const input = { model: model.directory, settings };
    const { bytes } = await process.run('estimateMemory', input, { signal });
    const { tokensPerSecond } = await process.run('estimateSpeed', input, { signal });
    return { memoryBytes: Math.round(bytes), tokensPerSecond, method: settings.method };
  });
}

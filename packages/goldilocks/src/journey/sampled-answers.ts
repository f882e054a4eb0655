// What a run's weights answer to a few validation examples: a person sees by it whether a model learns what was meant.
import { promptOf } from '../evaluate/task.js';
import { type SampledAnswer, type TrialSetting, tuned } from '../search/run-trial.js';
import type { TrialProcess } from '../workers/operations.js';
import type { JourneyContext } from './context.js';
import type { Prepared } from './inspect-stage.js';
import type { TrainingData } from './training-data.js';

export interface Sampled {
  context: JourneyContext;
  prepared: Prepared;
  data: TrainingData;
}

const examples = 3;
const mostTokens = 24;
const mostText = 300;
/** Seconds of one sampling after which no further one is made: the budget is for training. */
const mostSeconds = 2;

/** Undefined where there are no answers (plain text, encoders), and where the engine keeps no weights to ask. */
export function answerSampler({ context, prepared, data }: Sampled): TrialSetting['sample'] {
  const { task } = prepared;
  if (task.type === 'plain' || prepared.model.isEncoder || context.engine.keepsModels === false) return undefined;
  const rows = data.validation.slice(0, examples).map((index) => prepared.data.rows[index]!);
  const maxTokens = Math.min(mostTokens, Math.max(1, task.answerTokens));
  let isTooSlow = false;
  return async (process: TrialProcess): Promise<SampledAnswer[]> => {
    if (isTooSlow || rows.length === 0) return [];
    const began = context.clock.elapsed;
    const model = { kind: 'kept' as const, name: tuned };
    const { template } = task;
    const texts = await process.run('generate', { model, prompts: rows.map(promptOf), template, maxTokens });
    isTooSlow = context.clock.elapsed - began > mostSeconds;
    return rows.map(({ text, target }, i) => ({
      prompt: text.slice(0, mostText),
      expected: target.slice(0, mostText),
      answer: (texts[i] ?? '').slice(0, mostText),
    }));
  };
}

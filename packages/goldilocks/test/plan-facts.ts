// Facts of models and data that the tests of plan and refine share.
import type { DataFacts } from '../src/plan/facts.js';
import { makePlan, type Plan } from '../src/plan/plan.js';
import type { PlanInput } from '../src/plan/plan-input.js';
import type { ModelFacts } from '../src/plan/recommend.js';

export const smol: ModelFacts = {
  name: 'HuggingFaceTB/SmolLM2-135M-Instruct',
  parameters: 134_515_008,
  layers: 30,
  hiddenSize: 576,
  vocabSize: 49_152,
  maxPositions: 8192,
};

export const tiny: ModelFacts = {
  name: 'goldilocks-base',
  parameters: 3_221_952,
  layers: 6,
  hiddenSize: 192,
  vocabSize: 4096,
  maxPositions: 512,
};

export const feedback: DataFacts = {
  rows: 420,
  validationRows: 90,
  task: 'classification',
  labels: ['praise', 'complaint', 'question', 'request'],
  tokensPerExample: { mean: 33, median: 32, p95: 51, max: 70 },
  completionTokens: { mean: 2, median: 2, p95: 3, max: 4 },
};

export function planOf(changes: Partial<PlanInput> = {}): Plan {
  return makePlan({ model: smol, data: feedback, budget: { trials: 15 }, ...changes });
}

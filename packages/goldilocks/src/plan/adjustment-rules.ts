// The rules that adjust recommended settings to the data, one function a rule, in the order they are applied.
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Evidence } from './evidence.js';
import type { DataFacts } from './facts.js';
import type { Hyperparameter, HyperparameterValue } from './hyperparameters.js';
import { epochsForExamples, type ModelFacts } from './recommend.js';
import type { Similarity } from './similarity.js';
import type { TaskKindGuess } from './task-kind.js';

export interface Change {
  hyperparameter: Hyperparameter;
  to: HyperparameterValue;
  because: string;
  source: string;
  evidence: Evidence;
}

export interface AdjustmentContext {
  model: ModelFacts;
  data: DataFacts;
  taskKind: TaskKindGuess;
  similarity?: Similarity;
}

type Rule = (settings: TrainingSettings, context: AdjustmentContext) => Change[];

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
const roundRate = (rate: number) => Number(rate.toPrecision(2));
// Priors add up; together they stay below the top of the search range, so that the search can look on both sides.
const mostDropout = 0.15;
const clampDropout = (value: number) => Number(Math.min(mostDropout, Math.max(0, value)).toFixed(2));

const frozenAdvice = 'common advice for similar tasks and little data; 1903.05987 points the other way';

/** Close cousins: freeze most. New directions, or unfamiliar texts: let every layer adapt. */
const similarityToFrozenLayers: Rule = (_, { similarity, data }) => {
  if (!similarity) return [];
  const change = (to: number, because: string, source: string): Change[] => [
    { hyperparameter: 'frozenLayers', to, because, source, evidence: 'prior' },
  ];
  if (similarity.verdict === 'close cousin') {
    const share = data.rows < 2000 ? 0.75 : 0.5;
    return change(
      share,
      `The task is a ${similarity.sentence}: the lower layers already know this text.`,
      frozenAdvice,
    );
  }
  if (similarity.shift === 'output' && data.rows < 5000) {
    const because = 'The texts are familiar, the answers are not: what must change lies in the upper layers.';
    return change(0.25, because, '2210.11466: late layers for a shift of the output');
  }
  if (similarity.verdict === 'relative' && similarity.shift === 'none') {
    return change(0.25, `The task is a ${similarity.sentence}: the lowest layers may stay.`, frozenAdvice);
  }
  return change(
    0,
    `The task is a ${similarity.sentence}: every layer should be free to adapt.`,
    '2210.11466: early layers for a shift of the input',
  );
};

const similarityToRate: Rule = (settings, { similarity }) => {
  const factors: Partial<Record<Similarity['verdict'], [number, string]>> = {
    'close cousin': [0.5, 'The model is nearly there: a smaller rate keeps what it knows.'],
    'new direction': [0.7, 'There is much to learn, and much to lose: a moderate rate guards the base skill.'],
  };
  const entry = similarity && factors[similarity.verdict];
  if (!entry) return [];
  const to = roundRate(settings.learningRate * entry[0]);
  const source = '2509.20758: a smaller rate is the best evidenced guard against forgetting';
  return [{ hyperparameter: 'learningRate', to, because: entry[1], source, evidence: 'prior' }];
};

const sizeToEpochs: Rule = (settings, { data }) => {
  const to = epochsForExamples(data.rows, settings.epochs);
  const because =
    to > settings.epochs
      ? `Only ${data.rows} examples: each must be seen more often.`
      : `${data.rows.toLocaleString('en')} examples: fewer passes show the model enough.`;
  return [{ hyperparameter: 'epochs', to, because, source: 'rule of the OpenAI cookbook', evidence: 'published' }];
};

const lengthToBatch: Rule = (settings, { data }) => {
  const mean = data.tokensPerExample.mean;
  const factor = mean > 1024 ? 4 : mean > 512 ? 2 : 1;
  const to = Math.max(4, settings.batchSize / factor);
  if (factor === 1) return [];
  const because = `Examples of ${Math.round(mean)} tokens each: a smaller batch holds as many tokens.`;
  return [{ hyperparameter: 'batchSize', to, because, source: 'critical batch size, 2505.23971', evidence: 'prior' }];
};

/** A run of a few dozen updates learns little, whatever its rate. */
const sizeToBatch: Rule = (settings, { data }) => {
  const leastSteps = 60;
  const steps = (batch: number) => (data.rows * settings.epochs) / batch;
  let to = settings.batchSize;
  while (steps(to) < leastSteps && to > 4) to /= 2;
  if (to === settings.batchSize) return [];
  const because = `With ${data.rows} examples a batch of ${settings.batchSize} leaves ${Math.floor(steps(settings.batchSize))} updates: a smaller one makes more.`;
  return [
    {
      hyperparameter: 'batchSize',
      to,
      because,
      source: 'the critical batch is small at the start, 2505.23971',
      evidence: 'prior',
    },
  ];
};

const noiseToDropout: Rule = (settings, { data }) => {
  const noise = data.noiseShare ?? 0;
  if (noise < 0.02) return [];
  const to = clampDropout(settings.dropout + (noise >= 0.1 ? 0.1 : 0.05));
  const because = `About ${percent(noise)} of the labels look wrong: dropout makes it harder to learn them by heart.`;
  const source = '2103.12002: dropout is more robust to noise; no paper gives a formula';
  return [{ hyperparameter: 'dropout', to, because, source, evidence: 'prior' }];
};

const noiseToRankAndPatience: Rule = (settings, { data }) => {
  const noise = data.noiseShare ?? 0;
  if (noise < 0.05) return [];
  const source = '2602.00084';
  const changes: Change[] = [];
  if (settings.lora) {
    const because = `With about ${percent(noise)} wrong labels a smaller adapter fits less of the noise.`;
    const to = Math.max(4, settings.lora.rank / 2);
    changes.push({ hyperparameter: 'loraRank', to, because, source, evidence: 'published' });
  }
  const because = 'Noise is learnt late: stop earlier.';
  const to = Math.max(2, settings.patience - 1);
  return [...changes, { hyperparameter: 'patience', to, because, source, evidence: 'published' }];
};

const outliersToDropout: Rule = (settings, { data }) => {
  const outliers = data.outlierShare ?? 0;
  if (outliers < 0.05) return [];
  const to = clampDropout(settings.dropout + 0.05);
  const because = `${percent(outliers)} of the examples are outliers: dropout keeps single examples from steering the model.`;
  return [{ hyperparameter: 'dropout', to, because, source: 'rule of thumb', evidence: 'prior' }];
};

const complexityToDropout: Rule = (settings, { data }) => {
  const labels = data.labels?.length ?? 0;
  const complicated = (data.complexity ?? 0) > 0.42 || labels > 20;
  if (!complicated || data.rows >= 5000) return [];
  const seen = labels > 20 ? `${labels} labels` : `varied text (it compresses only to ${percent(data.complexity!)})`;
  const source = 'rule of thumb';
  return [
    {
      hyperparameter: 'dropout',
      to: clampDropout(settings.dropout + 0.05),
      because: `${seen} and only ${data.rows.toLocaleString('en')} examples: easier to learn by heart than to understand.`,
      source,
      evidence: 'prior',
    },
    {
      hyperparameter: 'patience',
      to: settings.patience + 1,
      because: `${seen}: validation improves in smaller steps, so wait longer before stopping.`,
      source,
      evidence: 'prior',
    },
  ];
};

const taskKindToDropout: Rule = (settings, { taskKind }) => {
  const source = 'rule of thumb: a judgement overfits to chance features, a rewriting needs every detail';
  const dropout = (step: number, because: string): Change => ({
    hyperparameter: 'dropout',
    to: clampDropout(settings.dropout + step),
    because,
    source,
    evidence: 'prior',
  });
  if (taskKind.kind === 'diagnosis') {
    const because = `The task is like a diagnosis (${taskKind.because}): more dropout against chance features.`;
    const patience: Change = {
      hyperparameter: 'patience',
      to: settings.patience + 1,
      because: 'Rare findings are learnt late: wait a little longer before stopping.',
      source,
      evidence: 'prior',
    };
    return [dropout(0.05, because), patience];
  }
  if (taskKind.kind === 'translation') {
    return [dropout(-0.05, `The task is like a translation (${taskKind.because}): less dropout, every word counts.`)];
  }
  return [];
};

const repetitionToDropout: Rule = (settings) => {
  if (settings.epochs <= 5) return [];
  const to = clampDropout(Math.max(settings.dropout, 0.05));
  const because = `Each example is seen ${settings.epochs} times: dropout is what helped against repetition.`;
  return [{ hyperparameter: 'dropout', to, because, source: '2305.13230', evidence: 'published' }];
};

/** Every rule, in the order applied. */
export const adjustmentRules: Rule[] = [
  similarityToFrozenLayers,
  similarityToRate,
  sizeToEpochs,
  lengthToBatch,
  sizeToBatch,
  noiseToDropout,
  noiseToRankAndPatience,
  outliersToDropout,
  complexityToDropout,
  taskKindToDropout,
  repetitionToDropout,
];

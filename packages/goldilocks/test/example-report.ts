// A whole report of a simulated study, for tests and for looking at the page. Losses follow a smooth truth plus noise.
import type { Estimate, LearningCurve, Params, Report, ReportTrial, TrainingSettings } from '@goldilocks/protocol';
import { mulberry32 } from '../src/metrics/bootstrap.js';
import { gainOf } from '../src/report/gain.js';
import { describeHyperparameters, searchedParameters } from '../src/report/hyperparameters.js';
import { exampleSettings } from './example-settings.js';

const searched = {
  learningRate: { low: 1.25e-4, high: 5e-3 },
  batchSize: { choices: [4, 8, 16, 32, 64] },
  epochs: { low: 1, high: 12 },
  dropout: { low: 0, high: 0.2 },
  schedule: { choices: ['cosine', 'linear', 'constant', 'warmup-stable-decay'] },
  frozenLayers: { low: 0, high: 4 },
};

const recommended: Params = {
  learningRate: 1e-3,
  batchSize: 16,
  epochs: 6,
  dropout: 0,
  schedule: 'cosine',
  frozenLayers: 0,
};

const rungShares = [0.25, 0.5, 1];

function truth(params: Params): number | null {
  const rate = Math.log10(params.learningRate as number);
  if (rate > -2.4) return null;
  const epochs = Math.log2((params.epochs as number) / 7);
  const frozen = params.frozenLayers as number;
  const schedule = params.schedule === 'constant' ? 0.12 : 0;
  const dropout = 1.6 * ((params.dropout as number) - 0.1) ** 2;
  return 0.42 + 0.55 * (rate + 2.85) ** 2 + 0.1 * epochs ** 2 + schedule + dropout + 0.12 * Math.max(0, frozen - 2);
}

/** What differs from the recommended settings. */
const changesOf = (params: Params) =>
  Object.entries(params)
    .filter(([name, value]) => value !== recommended[name])
    .map(([name, to]) => ({ name, from: recommended[name] ?? null, to }));

function draw(number: number, random: () => number): Params {
  if (number === 0) return recommended;
  const near = number > 8 ? 0.35 : 1;
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
  const rate = -2.9 + near * (random() - 0.45) * 1.5;
  return {
    learningRate: Number((10 ** Math.min(Math.max(rate, -3.9), -2.3)).toPrecision(3)),
    batchSize: pick([4, 8, 16, 32, 64]),
    epochs: Number((2 + 10 * random()).toFixed(1)),
    dropout: pick([0, 0.05, 0.1, 0.15, 0.2]),
    schedule: pick(['cosine', 'linear', 'constant', 'warmup-stable-decay']),
    frozenLayers: pick([0, 1, 2, 3, 4]),
  };
}

function simulate(count: number): ReportTrial[] {
  const random = mulberry32(2);
  return Array.from({ length: count }, (_, number) => {
    const params = draw(number, random);
    const end = truth(params);
    const common = { number, params, changed: changesOf(params), seconds: 4 + 8 * random() };
    if (end === null) {
      const reason = 'The loss left the finite at step 23; try a smaller learning rate.';
      return { ...common, state: 'failed', rungs: [], value: null, validationLoss: null, failure: 'diverged', reason };
    }
    const final = end + 0.02 * (random() - 0.5);
    const all = rungShares.map((share) => ({ share, value: final + 0.9 * (1 - share) ** 2 }));
    const pruned = number > 4 && final > 0.62;
    const rungs = pruned ? all.slice(0, final > 0.75 ? 1 : 2) : all;
    const value = rungs.at(-1)!.value;
    const reason = pruned ? `worse than most trials at ${rungs.at(-1)!.share * 100} % of the schedule` : '';
    return {
      ...common,
      state: pruned ? 'pruned' : 'complete',
      rungs,
      value,
      validationLoss: value,
      failure: null,
      reason,
    };
  });
}

const estimate = (value: number, standardError: number): Estimate => ({
  value,
  standardError,
  low: value - 1.96 * standardError,
  high: value + 1.96 * standardError,
});

function curve(title: string, trial: number | null, floor: number, gap: number, epochs: number): LearningCurve {
  const steps = 30 * epochs;
  const random = mulberry32(title.length);
  const at = (step: number) => floor + 2.6 * Math.exp(-step / 28);
  const overfit = (step: number) => gap * (step / steps) ** 2;
  const every = (size: number) => Array.from({ length: Math.floor(steps / size) + 1 }, (_, i) => i * size);
  return {
    title,
    trial,
    seed: 0,
    training: every(2).map((step) => ({
      step,
      epoch: step / 30,
      loss: at(step) - overfit(step) + 0.16 * (random() - 0.5),
    })),
    validation: every(15).map((step) => ({ step, epoch: step / 30, loss: at(step) + 0.4 * overfit(step) })),
    learningRate: every(3).map((step) => ({ step, value: 1e-3 * (0.55 + 0.45 * Math.cos((Math.PI * step) / steps)) })),
    bestStep: steps - 15,
    gap: {
      value: 1.3 * gap,
      sentence: `Validation loss is ${(1.3 * gap).toFixed(2)} above training loss: mild overfitting.`,
    },
  };
}

function bestOf(trials: ReportTrial[]): ReportTrial {
  const complete = trials.filter((trial) => trial.state === 'complete');
  return complete.reduce((a, b) => (b.value! < a.value! ? b : a));
}

const settingsOf = (params: Params): TrainingSettings => ({
  ...exampleSettings,
  learningRate: params.learningRate as number,
  batchSize: params.batchSize as number,
  epochs: params.epochs as number,
  dropout: params.dropout as number,
  schedule: { ...exampleSettings.schedule, name: params.schedule as TrainingSettings['schedule']['name'] },
  freezing: { ...exampleSettings.freezing, layers: params.frozenLayers as number },
});

/** A report in which something better was found, with every section filled. */
export function exampleReport(trialCount = 26): Report {
  const trials = simulate(trialCount);
  const best = bestOf(trials);
  const settings = settingsOf(best.params);
  const objective = { title: 'validation loss', direction: 'minimize' } as const;
  const hyperparameters = describeHyperparameters({
    settings,
    recommended: exampleSettings,
    layers: 6,
    searched,
    trials,
    incumbent: best.number,
    objective,
    noise: 0.03,
    importance: {
      learningRate: 0.61,
      batchSize: 0.04,
      epochs: 0.15,
      dropout: 0.06,
      schedule: 0.11,
      frozenLayers: 0.03,
    },
  });
  return {
    format: 'goldilocks-report',
    version: 1,
    createdAt: '2026-11-23T07:30:00.000Z',
    study: 'feedback',
    verdict: {
      kind: 'better',
      delivered: 'found',
      headline: 'Better than the recommended settings',
      sentence:
        'The found settings answer 86.1 % of the test examples correctly, the recommended ones 81.5 %, the base model 9.3 %. Over 3 seeds their validation loss is 0.052 lower (95 % interval 0.031 to 0.073).',
    },
    baseModel: {
      name: 'goldilocks-base',
      hash: 'a3f1c2d4e5b6978812345678901234567890abcdefabcdefabcdefabcdefabcd',
      parameters: 4.12e6,
      layers: 6,
    },
    data: {
      file: 'examples/feedback/feedback.jsonl',
      hash: '0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de',
      rows: 720,
      usable: 684,
      splits: { train: 480, validation: 96, test: 108 },
      guess: 'Column «text» is the input and «label» the answer: 8 labels.',
      problems: [
        { kind: 'unreadable', count: 1, sentence: 'Line 311 is not JSON and was left out.' },
        { kind: 'duplicates', count: 29, sentence: '29 rows repeat an earlier one and were left out.' },
        { kind: 'contradictions', count: 6, sentence: '6 inputs carry two different labels (lines 41 and 502, …).' },
      ],
      tokens: { median: 31, longest: 88, truncatedExamples: 0 },
    },
    task: {
      kind: 'label',
      sentence: 'Choose one of 8 labels for a customer’s message.',
      labels: ['billing: complaint', 'billing: praise', 'delivery: complaint', 'delivery: praise'],
      metric: { name: 'accuracy', title: 'accuracy', higherIsBetter: true, percent: true },
      objective: { name: 'validation-loss', title: 'validation loss', direction: 'minimize' },
    },
    scores: {
      testExamples: 108,
      base: {
        metric: estimate(0.093, 0.028),
        loss: estimate(3.912, 0.11),
        bitsPerByte: 1.412,
        others: { macroF1: 0.041 },
      },
      recommended: {
        metric: estimate(0.815, 0.037),
        loss: estimate(0.497, 0.048),
        bitsPerByte: 0.179,
        others: { macroF1: 0.802 },
      },
      found: {
        metric: estimate(0.861, 0.033),
        loss: estimate(0.431, 0.044),
        bitsPerByte: 0.155,
        others: { macroF1: 0.853 },
      },
      baselines: [
        {
          name: 'majority',
          title: 'commonest label',
          metric: estimate(0.157, 0.035),
          note: 'Always answers «delivery: complaint».',
        },
        {
          name: 'keywords',
          title: 'keyword rule',
          metric: estimate(0.463, 0.048),
          note: 'Answers by the words that go with each label.',
        },
      ],
      foundMinusBase: { metric: estimate(0.768, 0.041), loss: estimate(-3.481, 0.12) },
      foundMinusRecommended: { metric: estimate(0.046, 0.021), loss: estimate(-0.066, 0.019) },
    },
    hyperparameters,
    gain: gainOf({ parameters: searchedParameters({ searched, layers: 6 }), trials, winner: best.number, objective }),
    otherSettings: [
      {
        name: 'method',
        title: 'Method',
        value: 'full',
        recommended: 'full',
        searched: false,
        note: 'every weight is trained',
      },
      { name: 'maxLength', title: 'Longest example', value: 256, recommended: 256, searched: false, note: 'tokens' },
      {
        name: 'patience',
        title: 'Patience',
        value: 4,
        recommended: 4,
        searched: false,
        note: 'evaluations without a gain before stopping',
      },
    ],
    adjustments: [
      {
        name: 'epochs',
        from: 3,
        to: 6,
        sentence:
          'A small model learns less from one pass over 480 examples; the best checkpoint is kept, so that a longer run costs only time.',
        source: { title: 'OpenAI cookbook, times 2 for a small model', url: null },
        priorOnly: true,
      },
      {
        name: 'dropout',
        from: 0,
        to: 0.05,
        sentence:
          '6 contradictory labels and 3 % outliers: some dropout keeps single examples from being learnt by heart.',
        source: { title: 'To Repeat or Not To Repeat, 2305.13230', url: 'https://arxiv.org/abs/2305.13230' },
        priorOnly: false,
      },
    ],
    trials,
    noise: 0.03,
    learningCurves: [
      curve('Found settings', best.number, 0.42, 0.12, 6),
      curve('Recommended settings', 0, 0.48, 0.2, 6),
    ],
    confirmation: {
      seeds: [1, 2, 3],
      candidates: [
        { title: `Trial ${best.number}`, trial: best.number, losses: [0.431, 0.42, 0.437], mean: 0.429 },
        { title: 'Recommended settings', trial: 0, losses: [0.482, 0.475, 0.487], mean: 0.481 },
      ],
      difference: { mean: -0.052, low: -0.073, high: -0.031 },
      seedDeviation: 0.008,
      sentence: 'With every one of 3 other seeds the found settings did better, by 0.052 on average.',
    },
    retention: {
      text: '2,000 words of speeches the base model was not trained on',
      before: { loss: 3.42, bitsPerByte: 1.41 },
      after: { loss: 3.81, bitsPerByte: 1.57 },
      changePercent: 11.4,
      sentence: 'The model forgot a little: its loss on ordinary text rose by 11.4 %.',
    },
    examples: [
      {
        prompt: 'I was charged twice this month and nobody answers my mails.',
        expected: 'billing: complaint',
        base: 'delivery: praise',
        tuned: 'billing: complaint',
        baseCorrect: false,
        tunedCorrect: true,
      },
      {
        prompt: 'The parcel came a day early and the courier even carried it upstairs <b>for me</b>!',
        expected: 'delivery: praise',
        base: 'billing: complaint',
        tuned: 'delivery: praise',
        baseCorrect: false,
        tunedCorrect: true,
      },
      {
        prompt: 'Not sure whether to laugh or cry: third delivery date, third day off work.',
        expected: 'delivery: complaint',
        base: 'billing: praise',
        tuned: 'delivery: praise',
        baseCorrect: false,
        tunedCorrect: false,
      },
    ],
    diagnoses: [
      {
        kind: 'overfitting',
        message: 'From epoch 5 on, validation loss rises while training loss falls.',
        advice: 'Train for 5 epochs, or raise dropout to 0.1; the checkpoint kept is from before the rise.',
        source: { title: '2305.13230', url: 'https://arxiv.org/abs/2305.13230' },
      },
    ],
    cost: {
      stages: [
        { stage: 'inspect', seconds: 0.4 },
        { stage: 'plan', seconds: 3.1 },
        { stage: 'pilot', seconds: 11 },
        { stage: 'search', seconds: 148 },
        { stage: 'confirm', seconds: 38 },
        { stage: 'final', seconds: 14 },
        { stage: 'test', seconds: 6 },
        { stage: 'report', seconds: 1 },
      ],
      seconds: 221.5,
      tokens: 1_840_000,
      trials: {
        complete: trials.filter(({ state }) => state === 'complete').length,
        pruned: trials.filter(({ state }) => state === 'pruned').length,
        paused: 0,
        failed: trials.filter(({ state }) => state === 'failed').length,
      },
      peakMemoryBytes: 412e6,
      budget: { seconds: 240, trials: null },
      machine: 'AMD EPYC, 2 cores',
    },
    reproduce: {
      command: 'goldilocks run examples/feedback/feedback.jsonl --model goldilocks-base --budget 4m --seed 0',
      seed: 0,
      versions: { goldilocks: '0.1.0', node: '20.20.0', 'onnxruntime-node': '1.30.0' },
      dataHash: '0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de',
      modelHash: 'a3f1c2d4e5b6978812345678901234567890abcdefabcdefabcdefabcdefabcd',
      settings,
    },
    files: [
      { path: 'goldilocks-result/model', title: 'the tuned model, as Hugging Face and others read it' },
      { path: 'goldilocks-result/report.html', title: 'this report' },
      { path: 'goldilocks-result/report.json', title: 'the same for programs' },
    ],
    next: [
      { command: 'goldilocks chat goldilocks-result/model --base', why: 'talk to it, the base model beside it' },
      { command: 'goldilocks refine feedback', why: 'adjust one thing, run again, compare' },
    ],
    warnings: ['3 rows contain an e-mail address.'],
  };
}

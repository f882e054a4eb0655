// Proposes the next settings from what the last runs showed, never the same settings twice.
import type { TrainingSettings } from '@goldilocks/trainer';
import {
  type Hyperparameter,
  type HyperparameterValue,
  readHyperparameter,
  writeHyperparameter,
} from '../plan/hyperparameters.js';
import type { ComparisonVerdict } from './compare.js';
import { diagnose } from './diagnose.js';
import { roundRate } from './rules/suggest.js';
import type { RunDiagnosis, RunRecord, SuggestedChange } from './run-record.js';

/** A run of the dialogue, with how it compared to the best before it. */
export interface Attempt {
  run: RunRecord;
  diagnoses: RunDiagnosis[];
  /** Against the best run before; absent for the first and for a run that could not be compared. */
  verdict?: ComparisonVerdict;
}

export interface Proposal {
  settings: TrainingSettings;
  change: SuggestedChange;
  because: string;
  source: string;
  /** Index of the attempt the change starts from. */
  from: number;
  /** Whether that attempt's checkpoint can be continued; otherwise the run starts anew. */
  continueFromCheckpoint: boolean;
}

const compared: Hyperparameter[] = [
  'learningRate',
  'batchSize',
  'epochs',
  'dropout',
  'weightDecay',
  'schedule',
  'warmup',
  'frozenLayers',
  'unfreeze',
  'loraRank',
];

/** Whether two runs' settings agree in everything that refine changes. */
export function sameSettings(a: TrainingSettings, b: TrainingSettings, layers: number): boolean {
  return compared.every((name) => readHyperparameter(a, name, layers) === readHyperparameter(b, name, layers));
}

/** What a change makes of a run's settings. */
export function applySuggestion(run: RunRecord, { hyperparameter, to }: SuggestedChange): TrainingSettings {
  return writeHyperparameter(run.settings, hyperparameter, to, run.layers);
}

/** Half the way: geometric for rate and batch (in powers of two), else arithmetic; undefined where there is none. */
function halfway(name: Hyperparameter, from: HyperparameterValue, to: HyperparameterValue) {
  const [a, b] = [Number(from), Number(to)];
  if (name === 'learningRate') return roundRate(Math.sqrt(a * b));
  if (name === 'batchSize') return 2 ** Math.round(Math.log2(Math.sqrt(a * b)));
  if (name === 'epochs') return Math.round(a + b) / 2;
  if (name === 'dropout' || name === 'weightDecay') return Number(((a + b) / 2).toFixed(3));
  return undefined;
}

interface Candidate {
  change: SuggestedChange;
  because: string;
  source: string;
  continueFromCheckpoint: boolean;
}

/** What the best run's own diagnoses suggest, gravest first. */
function suggested(attempt: Attempt): Candidate[] {
  return attempt.diagnoses.flatMap(({ adjustment, evidence, because, source, continueFromCheckpoint }) =>
    adjustment ? [{ change: adjustment, because: `${evidence} ${because}`, source, continueFromCheckpoint }] : [],
  );
}

/** Half of each step from the best run that turned out worse. */
function halfSteps(attempts: Attempt[], best: Attempt): Candidate[] {
  return suggested(best).flatMap((candidate) => {
    const { hyperparameter, from, to } = candidate.change;
    const { layers } = best.run;
    const settings = applySuggestion(best.run, candidate.change);
    const tried = attempts.find(
      ({ run, verdict }) => verdict === 'worse' && sameSettings(run.settings, settings, layers),
    );
    const middle = tried && halfway(hyperparameter, from, to);
    if (middle === undefined || middle === from || middle === to) return [];
    const because = 'The whole step made it worse: half of it.';
    return [{ ...candidate, change: { hyperparameter, from, to: middle }, because }];
  });
}

/**
 * The next settings to try: what the best run's diagnosis suggests, else half of a step that went too far. Undefined
 * when nothing new is left: the run is just right, or everything suggested has been tried.
 * @param best Index of the best attempt.
 */
export function propose(attempts: Attempt[], best: number): Proposal | undefined {
  const attempt = attempts[best]!;
  const { run } = attempt;
  for (const { change, because, source, continueFromCheckpoint } of [
    ...suggested(attempt),
    ...halfSteps(attempts, attempt),
  ]) {
    const settings = applySuggestion(run, change);
    if (attempts.some((other) => sameSettings(other.run.settings, settings, run.layers))) continue;
    return { settings, change, because, source, from: best, continueFromCheckpoint };
  }
  return undefined;
}

/** An attempt from a run: diagnosed, and compared by whoever knows the best before. */
export function attemptOf(run: RunRecord, verdict?: ComparisonVerdict): Attempt {
  return { run, diagnoses: diagnose(run), verdict };
}

// Diagnoses a run in plain words from its curves, each finding with the one adjustment it suggests.
import { bestEvaluation, epoch, finiteHistory, loss } from './curve.js';
import { overfitting, tooLittleData } from './rules/generalisation.js';
import { diverged, stillFalling, stuck, tooSlow } from './rules/progress.js';
import { forgetting, noisy } from './rules/stability.js';
import type { DiagnosisRule, RunDiagnosis, RunRecord } from './run-record.js';

/** Gravest first. */
const rules: DiagnosisRule[] = [tooLittleData, overfitting, forgetting, noisy, tooSlow, stillFalling];

function unclear(run: RunRecord): RunDiagnosis {
  const seen = run.history.length === 1 ? 'only one evaluation' : 'no evaluation';
  return {
    kind: 'unclear',
    evidence: `Unclear: ${seen} on validation examples tells no direction.`,
    because: 'Measure at least twice, better eight times a run.',
    source: 'two points make a line',
    continueFromCheckpoint: false,
  };
}

function justRight(run: RunRecord): RunDiagnosis {
  const history = finiteHistory(run);
  const best = bestEvaluation(history);
  return {
    kind: 'just-right',
    evidence: `Just right: validation loss went from ${loss(history[0]!)} to ${loss(best)} at epoch ${epoch(best)} and levelled off there.`,
    because: 'It learnt, it stopped learning, and it did not get worse: no change is suggested.',
    source: 'none of the signs of too little or too much',
    continueFromCheckpoint: false,
  };
}

/**
 * What a run's curves show, gravest first; never empty. A diverged or stuck run has no other diagnosis; `just-right`
 * and `unclear` stand alone. Differences count where they exceed the noise of the validation examples, paired.
 */
export function diagnose(run: RunRecord): RunDiagnosis[] {
  const broken = diverged(run);
  if (broken) return [broken];
  if (finiteHistory(run).length < 2) return [unclear(run)];
  const still = stuck(run);
  if (still) return [still];
  const found = rules.map((rule) => rule(run)).filter((diagnosis) => diagnosis !== undefined);
  return found.length > 0 ? found : [justRight(run)];
}

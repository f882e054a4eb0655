// New skill against retention: what each trial of a journey learnt, and what it forgot.
import type { FigureOf } from '@goldilocks/protocol/page';
import { paretoFrontFigure } from '@goldilocks/study';
import { trialAttributes } from '../../search/search-trial.js';
import type { StudyView } from './study-view.js';

/** Null where no trial says what it forgot. Both axes are losses: smaller is better. */
export function skillAgainstRetention({ snapshot, kind, metricNames }: StudyView): FigureOf<'pareto'> | null {
  if (kind !== 'journey') return null;
  const trials = snapshot.trials.flatMap((trial) => {
    const forgotten = trial.userAttributes[trialAttributes.referenceLoss];
    const skill = trial.values?.[0];
    return typeof forgotten !== 'number' || skill === undefined ? [] : [{ ...trial, values: [skill, forgotten] }];
  });
  if (trials.length === 0) return null;
  const names = [metricNames?.[0] ?? 'objective', 'loss on the reference text'];
  const study = { ...snapshot, directions: ['minimize', 'minimize'] as const, metricNames: names, trials };
  return paretoFrontFigure(study) as unknown as FigureOf<'pareto'>;
}

// New skill against retention: what each trial learnt, and what it forgot; or any study's two objectives.
import type { FigureOf } from '@goldilocks/protocol/page';
import { type FrozenTrial, paretoFrontFigure, type StudySnapshot } from '@goldilocks/study';
import { trialAttributes } from '../../search/search-trial.js';
import { objectiveTitle } from './overview.js';
import type { StudyView } from './study-view.js';

type Pareto = FigureOf<'pareto'>;

/** Null where there is nothing to weigh. */
export function paretoOf(view: StudyView): Pareto | null {
  if (view.study.directions.length > 1) return drawn(view.snapshot, null);
  return view.kind === 'journey' ? skillAgainstRetention(view) : null;
}

function drawn(study: StudySnapshot, base: number | null): Pareto {
  return { ...(paretoFrontFigure(study) as unknown as Omit<Pareto, 'base'>), base };
}

/** Null where no trial says what it forgot. Both axes are losses: smaller is better. */
function skillAgainstRetention(view: StudyView): Pareto | null {
  const { snapshot, journey } = view;
  const trials = snapshot.trials.flatMap((trial) => {
    const [skill, forgotten] = [trial.values?.[0], forgottenBy(trial)];
    return forgotten === undefined || skill === undefined ? [] : [{ ...trial, values: [skill, forgotten] }];
  });
  if (trials.length === 0) return null;
  const metricNames = [objectiveTitle(view), 'loss on the reference text'];
  const study = { ...snapshot, directions: ['minimize', 'minimize'] as const, metricNames, trials };
  return drawn(study, journey?.baseReferenceLoss ?? null);
}

function forgottenBy({ userAttributes }: FrozenTrial): number | undefined {
  const loss = userAttributes[trialAttributes.referenceLoss];
  return typeof loss === 'number' ? loss : undefined;
}

/** Why there is nothing to draw, and what would help. */
export function whyNoPareto({ kind, journey, trials }: StudyView): string {
  if (kind !== 'journey') return 'This study has one objective; there is nothing to weigh against it.';
  if (journey?.model?.isEncoder) {
    return 'This base model is an encoder: it continues no text, so it has no old skill that could be measured.';
  }
  if (!trials.some(({ state }) => state === 'COMPLETE')) {
    return 'The first trial that is trained to its end brings the first point: what it has forgotten is measured then.';
  }
  return 'No trial of this study says how much it forgot: it was made by an earlier version of Goldilocks, or by the PyTorch trainer, which measures the validation loss only. Start it again with the same data to see it.';
}

/** How much each parameter matters, for one target or every objective. */

import { pedAnovaImportance } from '../importance/ped-anova.js';
import type { StudySnapshot } from '../study/snapshot.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import type { ParameterOptions } from './slice.js';
import { drawnTrials, infoOf, type TargetInfo, type TargetOptions, targetOf } from './target.js';

/** `pedAnovaImportance`, `fanovaImportance`, `meanDecreaseImpurityImportance`, or one of your own. */
export type ImportanceEvaluator = (
  trials: readonly FrozenTrial[],
  options: {
    readonly direction: Direction;
    readonly target: (trial: FrozenTrial) => number;
    readonly params?: readonly string[];
  },
) => Readonly<Record<string, number>>;

export interface ImportanceBars {
  readonly target: TargetInfo;
  /** The most important first. */
  readonly params: readonly string[];
  /** One for each parameter, as the evaluator gives them: usually shares that sum to 1. */
  readonly importances: readonly number[];
}

export interface ParamImportancesFigure {
  /** One for the target, or for each objective where there are several and none was chosen. */
  readonly bars: readonly ImportanceBars[];
}

/** Without complete trials the bars are empty. A `target` function is taken as better the lower it is. */
export function paramImportancesFigure(
  study: StudySnapshot,
  options: TargetOptions & ParameterOptions & { readonly evaluator?: ImportanceEvaluator } = {},
): ParamImportancesFigure {
  const { evaluator = pedAnovaImportance, params } = options;
  const hasSeveral = study.directions.length > 1 && !options.target && options.objective === undefined;
  const choices = hasSeveral ? study.directions.map((_, objective) => ({ objective })) : [options];
  const bars = choices.map((choice): ImportanceBars => {
    const target = targetOf('paramImportancesFigure', study, choice);
    const { direction } = target;
    const isEmpty = drawnTrials(study, target).length === 0;
    const found = isEmpty
      ? {}
      : evaluator(study.trials, {
          direction: direction ?? 'minimize',
          target: (trial) => target.of(trial),
          ...(params && { params }),
        });
    const ranked = Object.entries(found).sort(([, a], [, b]) => b - a);
    return {
      target: infoOf(target),
      params: ranked.map(([name]) => name),
      importances: ranked.map(([, importance]) => importance),
    };
  });
  return { bars };
}

/** The target against each parameter by itself. */

import type { StudySnapshot } from '../study/snapshot.js';
import { type Axis, linearAxis, parameterAxis, parameterNames, type ValuedAxis } from './axis.js';
import { drawnTrials, infoOf, isFeasible, type TargetInfo, type TargetOptions, targetOf } from './target.js';

export interface ParameterOptions {
  /** Default: all that the trials drawn have. */
  readonly params?: readonly string[];
}

export interface SlicePanel {
  /** Its values are those of the panel's trials. */
  readonly x: ValuedAxis;
  readonly trials: readonly number[];
  readonly y: readonly number[];
  readonly feasible: readonly boolean[];
}

export interface SliceFigure {
  readonly target: TargetInfo;
  readonly y: Axis;
  /** One for each parameter, by name. */
  readonly panels: readonly SlicePanel[];
}

/**
 * Complete trials with a finite target, in each panel those that have the parameter.
 * @throws InvalidOptionError for a parameter no such trial has
 */
export function sliceFigure(study: StudySnapshot, options: TargetOptions & ParameterOptions = {}): SliceFigure {
  const target = targetOf('sliceFigure', study, options);
  const trials = drawnTrials(study, target);
  const panels = parameterNames('sliceFigure', trials, options.params).map((name): SlicePanel => {
    const having = trials.filter(({ params }) => Object.hasOwn(params, name));
    return {
      x: parameterAxis(having, name, false),
      trials: having.map(({ number }) => number),
      y: having.map((trial) => target.of(trial)),
      feasible: having.map(isFeasible),
    };
  });
  return {
    target: infoOf(target),
    y: linearAxis(
      target.name,
      trials.map((trial) => target.of(trial)),
    ),
    panels,
  };
}

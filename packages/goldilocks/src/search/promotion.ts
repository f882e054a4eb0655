// Which trial goes on next: what the study's rule says, within the promises of a journey.
import {
  type Params,
  type PromotionRule,
  projectValues,
  type Situation,
  type NextStep as StudyStep,
} from '@goldilocks/study';
import { rungShares, topRung } from './rungs.js';
import { readTrial, type SearchTrial } from './search-trial.js';

export type NextStep = { type: 'continue'; trial: SearchTrial; rung: number } | { type: 'new'; params?: Params };

export interface StepLimits {
  /** Whether the search may start further trials. */
  mayStart: boolean;
  /**
   * Whether there is time for something that takes so long. With `finalist`, what it leads to is counted too: the
   * trial's final run, and, unless `repeat` is false, repeating it with another seed.
   */
  fits(seconds: number, finalist?: SearchTrial, repeat?: boolean): boolean;
  /** Predicted seconds to bring a trial to a rung. */
  predict(trial: SearchTrial, rung: number): number;
  /** Predicted seconds of a new trial to the lowest rung. */
  predictNew: number;
  /** Trials, beside the recommended settings, that should reach the top before the search ends. Default 2. */
  finalists?: number;
}

/** The study's rule for the search of a journey: asks another rule, and keeps the promises of `chooseNext`. */
export class SearchRule implements PromotionRule {
  constructor(
    private readonly rule: PromotionRule,
    private readonly limitsOf: (trials: readonly SearchTrial[]) => StepLimits,
    /** Whether a person asked for trials that wait. */
    private readonly hasWishes: () => boolean = () => false,
  ) {}

  next(situation: Situation): StudyStep | null {
    const trials = situation.trials.map(({ frozen }) => readTrial(frozen));
    const limits = { ...this.limitsOf(trials) };
    limits.mayStart &&= situation.mayStart;
    const isReady = trials.every(({ state, number }) => state !== 'paused' || number !== 0);
    if (isReady && this.hasWishes() && limits.mayStart && limits.fits(limits.predictNew)) return { type: 'new' };
    const step = chooseNext(trials, limits, () => this.rule.next(affordable(situation, trials, limits)));
    if (step?.type !== 'continue') return step;
    return { type: 'continue', trial: step.trial.number, to: rungShares[step.rung]! };
  }
}

/** The situation without its limits: trials that there is no time for are compared with, but cannot be promoted. */
function affordable(situation: Situation, read: readonly SearchTrial[], limits: StepLimits): Situation {
  const trials = situation.trials.map((trial, i) => {
    const isOut = trial.state === 'paused' && !mayContinue(read[i]!, limits);
    return isOut ? { ...trial, state: 'working' as const } : trial;
  });
  return { ...situation, trials, mayStart: limits.mayStart, left: Number.POSITIVE_INFINITY };
}

function mayContinue(trial: SearchTrial, limits: StepLimits): boolean {
  const rung = trial.values.length;
  return limits.fits(limits.predict(trial, rung), rung === topRung ? trial : undefined);
}

/**
 * The next thing to do, or null where nothing more fits. In order: the recommended settings to the end; what was
 * stopped halfway; a promotion that the rule asks for; a new trial, while there is time to finish the most
 * promising paused ones after it; at last those.
 */
export function chooseNext(
  trials: readonly SearchTrial[],
  limits: StepLimits,
  asked: () => StudyStep | null,
): NextStep | null {
  const begun = trials.find((trial) => trial.state === 'paused' && (trial.number === 0 || trial.values.length === 0));
  if (begun !== undefined) return { type: 'continue', trial: begun, rung: begun.values.length };

  const wish = asked();
  if (wish?.type === 'continue') {
    const trial = trials.find(({ number }) => number === wish.trial)!;
    if (mayContinue(trial, limits)) return { type: 'continue', trial, rung: trial.values.length };
  }

  const promising = promisingTrials(trials);
  const wanted = Math.max(0, (limits.finalists ?? 2) - finished(trials).length);
  const affordableTrials = promising
    .filter((trial) => limits.fits(limits.predict(trial, topRung), trial))
    .slice(0, wanted);
  const unrepeated = affordableTrials.length > 0 || wanted === 0 ? undefined : lastChance(trials, promising, limits);
  if (unrepeated !== undefined) return { type: 'continue', trial: unrepeated, rung: unrepeated.values.length };

  const reserve = affordableTrials.reduce((sum, trial) => sum + limits.predict(trial, topRung), 0);
  const another: NextStep = wish?.type === 'new' ? wish : { type: 'new' };
  if (limits.mayStart && limits.fits(limits.predictNew + reserve, affordableTrials[0])) return another;

  const finisher = affordableTrials.find((trial) => mayContinue(trial, limits));
  if (finisher !== undefined) return { type: 'continue', trial: finisher, rung: finisher.values.length };
  return limits.mayStart && limits.fits(limits.predictNew) ? another : null;
}

/**
 * Where time is too short to repeat any promising trial, the best that can at least be finished: one comparison to the
 * recommended settings on the search's own seed is worth more than further beginnings.
 */
function lastChance(
  trials: readonly SearchTrial[],
  promising: readonly SearchTrial[],
  limits: StepLimits,
): SearchTrial | undefined {
  const bar = trials[0]?.values[topRung] ?? Number.NEGATIVE_INFINITY;
  if (finished(trials).some((trial) => trial.values[topRung]! < bar)) return undefined;
  return promising.find((trial) => limits.fits(limits.predict(trial, topRung), trial, false));
}

function finished(trials: readonly SearchTrial[]): SearchTrial[] {
  return trials.filter((trial) => trial.state === 'complete' && trial.number !== 0);
}

/** Paused trials that are projected to end better than the recommended settings, the best first. */
export function promisingTrials(trials: readonly SearchTrial[]): SearchTrial[] {
  const projected = projectValues(trials, rungShares.length);
  const bar = projected.get(0) ?? Number.POSITIVE_INFINITY;
  const value = (trial: SearchTrial) => projected.get(trial.number) ?? Number.POSITIVE_INFINITY;
  return trials
    .filter((trial) => trial.state === 'paused' && trial.number !== 0 && value(trial) < bar)
    .sort((a, b) => value(a) - value(b) || a.number - b.number);
}

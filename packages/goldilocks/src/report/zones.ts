// For each hyperparameter of a finished search: the range within noise of the best, and the trials that bound it.
import type { ParamValue, ReportTrial, SlicePoint, Zone } from '@goldilocks/protocol';
import type { Effect } from '@goldilocks/study';
import { type AxisScale, distinctValues, type SearchedParameter } from './axis-scale.js';
import { type Comparability, comparability } from './comparability.js';
import { roundInside, significant } from './numbers.js';
import { type Direction, lastOf, type Observation, observe } from './observations.js';
import { StudyModel } from './study-model.js';

export interface ZoneInput {
  parameters: SearchedParameter[];
  trials: readonly ReportTrial[];
  /** Number of the trial whose settings were chosen. */
  incumbent: number;
  direction: Direction;
  /** The difference in the objective that chance alone makes, > 0. */
  noise: number;
}

export interface Group {
  trials: number[];
  /** Mean excess in the objective's unit, the other parameters' effects taken out; null without trials. */
  rise: number | null;
}

/** Trials beyond one edge of the zone (or of one choice) that did worse for this parameter's sake. */
export interface Side {
  trials: number[];
  /** The edge on that side, or the choice. */
  beyond: ParamValue;
  /** Of the trials that went to the end, of those stopped early, and of those that diverged: an empty list where none. */
  ended: Group;
  stopped: Group & { shares: { least: number; most: number } };
  diverged: number[];
  /** Probability that values there are worse by more than noise: at the end, or where `early`, at an early share. */
  probability: number;
  /** True where the trials tell only of an early share, and the end is open. */
  early: boolean;
}

/** A side that looks worse, not convincingly. */
export interface Hint {
  side: Side;
  where: 'below' | 'above' | 'choice';
}

export interface Finding {
  name: string;
  zone: Zone | null;
  points: SlicePoint[];
  low: Side | null;
  high: Side | null;
  otherChoices: Side[];
  hints: Hint[];
  /** True where the chosen value is the least, or the most, that there can be. */
  atLeastPossible: boolean;
  atMostPossible: boolean;
  /** Distinct values among comparable trials. */
  tested: ParamValue[];
  comparableTrials: number;
  /** Largest probability that any tested value differs from the chosen one by more than noise, either way. */
  differs: number;
  /** What stands in the way of a verdict; null where nothing was compared. */
  comparability: Comparability | null;
}

/** Values with at least this probability of being worse bound a zone. */
const convincing = 0.7;
const convincingEarly = 0.75;
const hinting = 0.5;
const fewestTrials = 4;

export function findZones(input: ZoneInput): Finding[] {
  const observations = observe(input.trials, input.incumbent, input.direction);
  const varying = input.parameters.filter((parameter) => distinctValues(observations, parameter.name).length > 1);
  if (observations.length < fewestTrials || varying.length === 0) {
    return input.parameters.map((parameter) => unsettled(parameter, observations, input));
  }
  const study = new Zones(varying, observations, input);
  return input.parameters.map((parameter) =>
    varying.includes(parameter) ? study.finding(parameter) : unsettled(parameter, observations, input),
  );
}

function unsettled(parameter: SearchedParameter, observations: readonly Observation[], input: ZoneInput): Finding {
  const value = input.trials.find((trial) => trial.number === input.incumbent)?.params[parameter.name];
  return {
    name: parameter.name,
    zone: null,
    points: slicePoints(parameter.name, input.trials, new Map()),
    low: null,
    high: null,
    otherChoices: [],
    hints: [],
    atLeastPossible: value !== undefined && value === parameter.leastPossible,
    atMostPossible: value !== undefined && value === parameter.mostPossible,
    tested: distinctValues(observations, parameter.name),
    comparableTrials: observations.length,
    differs: 1,
    comparability: null,
  };
}

function slicePoints(name: string, trials: readonly ReportTrial[], adjusted: Map<number, number>): SlicePoint[] {
  return trials.flatMap(({ number, params, value, state }) =>
    params[name] === undefined
      ? []
      : [
          {
            trial: number,
            value: params[name],
            loss: value,
            adjusted: adjusted.get(number) ?? null,
            failed: state === 'failed',
          },
        ],
  );
}

interface Stage {
  share: number;
  early: boolean;
  grid: number[];
  effects: Effect[];
}

class Zones {
  readonly #parameters: SearchedParameter[];
  readonly #observations: Observation[];
  readonly #input: ZoneInput;
  readonly #model: StudyModel;
  readonly #reference: number;

  constructor(parameters: SearchedParameter[], observations: Observation[], input: ZoneInput) {
    this.#parameters = parameters;
    this.#observations = observations;
    this.#input = input;
    this.#reference = observations.findIndex(({ trial }) => trial === input.incumbent);
    const { noise } = input;
    this.#model = new StudyModel({ parameters, observations, reference: this.#reference, noise });
  }

  finding(parameter: SearchedParameter): Finding {
    const axis = this.#parameters.indexOf(parameter);
    const scale = this.#model.scales[axis]!;
    const adjusted = this.#observations.map((_, i) => this.#model.adjusted(i, axis));
    const end = this.#stage(axis, 1);
    const early = this.#model.earlyShare === null ? null : this.#stage(axis, this.#model.earlyShare);
    const finding: Finding = {
      ...unsettled(parameter, this.#observations, this.#input),
      points: this.#points(parameter.name, adjusted),
      tested: scale.tested,
      differs: Math.max(...end.effects.map(({ above, below }) => above + below)),
      comparability: comparability(this.#parameters, axis, this.#observations, this.#model.scales, this.#reference),
    };
    const context = { axis, scale, adjusted, end, early };
    return { ...finding, ...(scale.kind === 'choice' ? this.#choices(context) : this.#range(context)) };
  }

  #stage(axis: number, share: number): Stage {
    const grid = this.#model.scales[axis]!.grid();
    const effects = grid.map((at) => this.#model.effect(axis, at, share));
    return { share, early: share < 1, grid, effects };
  }

  #points(name: string, adjusted: number[]): SlicePoint[] {
    const best = this.#observations[this.#reference]!.value!;
    const sign = this.#input.direction === 'minimize' ? 1 : -1;
    const values = new Map(
      this.#observations.map((observation, i) => [
        observation.trial,
        best + sign * this.#model.excess(adjusted[i]!, lastOf(observation).share),
      ]),
    );
    return slicePoints(name, this.#input.trials, values);
  }

  #choices({ axis, scale, adjusted, end, early }: Context): Partial<Finding> {
    const chosen = this.#position(this.#reference, axis);
    const others = scale.tested.filter((choice) => scale.position(choice) !== chosen);
    const sideOf = (choice: ParamValue, stage: Stage, least: number) =>
      this.#side(axis, adjusted, stage, (i) => this.#position(i, axis) === scale.position(choice), choice, least);
    const otherChoices = others.flatMap(
      (choice) => sideOf(choice, end, convincing) ?? (early && sideOf(choice, early, convincingEarly)) ?? [],
    );
    const worse = otherChoices.filter((side) => !side.early).map(({ beyond }) => beyond);
    const open = others.filter((choice) => !otherChoices.some(({ beyond }) => beyond === choice));
    const hints = open.flatMap((choice): Hint[] => {
      const side = sideOf(choice, end, hinting);
      return side ? [{ side, where: 'choice' }] : [];
    });
    return { zone: { choices: scale.tested.filter((choice) => !worse.includes(choice)) }, otherChoices, hints };
  }

  /**
   * A side that nothing convincing bounds reaches as far as was tested, and is open. Where runs only fell behind early
   * the edge is drawn, but not closed.
   */
  #range({ axis, adjusted, end, early }: Context): Partial<Finding> {
    const bounds = this.#bounds(axis, adjusted, end, convincing);
    const fallback = early && this.#bounds(axis, adjusted, early, convincingEarly);
    const tested = this.#model.scales[axis]!.tested as number[];
    const low = bounds.low ?? fallback?.low ?? null;
    const high = bounds.high ?? fallback?.high ?? null;
    const zone = {
      low: low?.beyond ?? tested[0]!,
      high: high?.beyond ?? tested.at(-1)!,
      lowClosed: bounds.low !== null,
      highClosed: bounds.high !== null,
    } as Zone;
    const hints = this.#bounds(axis, adjusted, end, hinting);
    const hint = (side: Side | null, where: Hint['where'], known: Side | null): Hint[] =>
      side && !known ? [{ side, where }] : [];
    return { zone, low, high, hints: [...hint(hints.low, 'below', low), ...hint(hints.high, 'above', high)] };
  }

  #bounds(axis: number, adjusted: number[], stage: Stage, least: number): { low: Side | null; high: Side | null } {
    const scale = this.#model.scales[axis]!;
    const { grid, effects, share } = stage;
    const tolerance = this.#model.tolerance(share);
    let first = grid.indexOf(this.#position(this.#reference, axis));
    let last = first;
    while (first > 0 && effects[first - 1]!.mean <= tolerance) first--;
    while (last < grid.length - 1 && effects[last + 1]!.mean <= tolerance) last++;
    const positions = this.#observations.map((_, i) => this.#position(i, axis));
    const lowEdge = roundInside(scale, grid[first]!, Math.max(...positions.filter((at) => at < grid[first]!)));
    const highEdge = roundInside(scale, grid[last]!, Math.min(...positions.filter((at) => at > grid[last]!)));
    return {
      low: this.#side(axis, adjusted, stage, (i) => positions[i]! < grid[first]!, lowEdge, least),
      high: this.#side(axis, adjusted, stage, (i) => positions[i]! > grid[last]!, highEdge, least),
    };
  }

  #position(i: number, axis: number): number {
    return this.#model.scales[axis]!.position(this.#observations[i]!.params[this.#parameters[axis]!.name]);
  }

  /** The trials among the candidates that did worse for this parameter's sake; null where that is not convincing. */
  #side(
    axis: number,
    adjusted: number[],
    stage: Stage,
    candidate: (i: number) => boolean,
    beyond: ParamValue,
    least: number,
  ): Side | null {
    const worse = this.#observations
      .map((_, i) => i)
      .filter((i) => candidate(i) && this.#isWorse(i, axis, adjusted) && this.#probability(i, axis, stage) > 0.4);
    const probability = Math.max(0, ...worse.map((i) => this.#probability(i, axis, stage)));
    if (probability < least) return null;
    return { ...this.#groups(worse, adjusted), beyond, probability, early: stage.early };
  }

  #groups(worse: number[], adjusted: number[]): Pick<Side, 'trials' | 'ended' | 'stopped' | 'diverged'> {
    const last = (i: number) => lastOf(this.#observations[i]!);
    const numbers = (of: number[]) => of.map((i) => this.#observations[i]!.trial).sort((a, b) => a - b);
    const group = (of: number[]): Group => {
      const rises = of.map((i) => this.#model.excess(adjusted[i]!, last(i).share));
      const mean = rises.reduce((sum, rise) => sum + rise, 0) / rises.length;
      return { trials: numbers(of), rise: of.length === 0 ? null : significant(mean, 3) };
    };
    const finite = worse.filter((i) => Number.isFinite(last(i).excess));
    const stopped = finite.filter((i) => last(i).share < 1);
    const shares = stopped.map((i) => last(i).share);
    return {
      trials: numbers(worse),
      ended: group(finite.filter((i) => last(i).share === 1)),
      stopped: { ...group(stopped), shares: { least: Math.min(...shares), most: Math.max(...shares) } },
      diverged: numbers(worse.filter((i) => !finite.includes(i))),
    };
  }

  #probability(i: number, axis: number, { grid, effects }: Stage): number {
    return effects[grid.indexOf(this.#position(i, axis))]!.above;
  }

  /** A diverged run is laid at this parameter's door only where its effect explains most of it. */
  #isWorse(i: number, axis: number, adjusted: number[]): boolean {
    const { share, excess } = lastOf(this.#observations[i]!);
    if (Number.isFinite(excess)) return adjusted[i]! > this.#model.tolerance(share);
    return this.#model.own(i, axis) > 0.5 * this.#model.compressed(excess, share);
  }
}

interface Context {
  axis: number;
  scale: AxisScale;
  adjusted: number[];
  end: Stage;
  early: Stage | null;
}

// For each hyperparameter of a finished search: the range within noise of the best, and the trials that bound it.
import type { ParamValue, ReportTrial, Scale, Searched, SlicePoint, Zone } from '@goldilocks/protocol';
import { AdditiveModel, type Axis } from './additive-model.js';
import { roundInside, significant } from './numbers.js';
import { Compression, type Direction, type Observation, observe } from './observations.js';

export interface SearchedParameter {
  name: string;
  scale: Scale;
  /** Null where the value was held fixed. */
  searched: Searched | null;
  /** The least and the most there can be at all, such as 0 for dropout: a side without values needs no evidence. */
  leastPossible?: number;
  mostPossible?: number;
}

export interface ZoneInput {
  parameters: SearchedParameter[];
  trials: readonly ReportTrial[];
  /** Number of the trial whose settings were chosen. */
  incumbent: number;
  direction: Direction;
  /** The difference in the objective that chance alone makes, > 0. */
  noise: number;
}

/** Trials beyond one edge of the zone (or of one choice) that did worse for this parameter's sake. */
export interface Side {
  trials: number[];
  /** The zone's edge on that side, or the choice. */
  beyond: ParamValue;
  /** Mean excess of those that stayed finite, the other parameters' effects taken out; null where all diverged. */
  rise: number | null;
  diverged: number;
  /** Probability that values there are worse by more than noise. */
  probability: number;
}

export interface Finding {
  name: string;
  zone: Zone | null;
  points: SlicePoint[];
  low: Side | null;
  high: Side | null;
  otherChoices: Side[];
  /** True where the chosen value is the least, or the most, that there can be. */
  atLeastPossible: boolean;
  atMostPossible: boolean;
  /** Distinct values among comparable trials. */
  tested: ParamValue[];
  comparableTrials: number;
  /** Largest size of an expected effect over what was tested, and the largest probability that any exceeds noise. */
  largestEffect: number;
  largestProbability: number;
}

/** Values with at least this probability of being worse bound a zone. */
const convincing = 0.75;
const fewestTrials = 4;
const mostTrials = 250;

export function findZones(input: ZoneInput): Finding[] {
  const observations = thin(observe(input.trials, input.incumbent, input.direction), input.incumbent);
  const varying = input.parameters.filter((parameter) => distinct(observations, parameter.name).length > 1);
  if (observations.length < fewestTrials || varying.length === 0) {
    return input.parameters.map((parameter) => unsettled(parameter, observations, input));
  }
  const study = new StudyModel(varying, observations, input);
  return input.parameters.map((parameter) =>
    varying.includes(parameter) ? study.finding(parameter) : unsettled(parameter, observations, input),
  );
}

/** Keeps the model affordable in very long searches: the incumbent, and the others evenly thinned. */
function thin(observations: Observation[], incumbent: number): Observation[] {
  const every = Math.ceil(observations.length / mostTrials);
  return observations.filter((observation, i) => i % every === 0 || observation.trial === incumbent);
}

function distinct(observations: readonly Observation[], name: string): ParamValue[] {
  const values = new Set(observations.flatMap(({ params }) => (params[name] === undefined ? [] : [params[name]])));
  return [...values].sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0));
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
    atLeastPossible: value !== undefined && value === parameter.leastPossible,
    atMostPossible: value !== undefined && value === parameter.mostPossible,
    tested: distinct(observations, parameter.name),
    comparableTrials: observations.length,
    largestEffect: 0,
    largestProbability: 1,
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

class StudyModel {
  readonly #parameters: SearchedParameter[];
  readonly #observations: Observation[];
  readonly #input: ZoneInput;
  readonly #compression: Compression;
  readonly #tolerance: number;
  readonly #axes: AxisScale[];
  readonly #model: AdditiveModel;
  readonly #reference: number;
  readonly #losses: number[];
  readonly #contributions: number[][];

  constructor(parameters: SearchedParameter[], observations: Observation[], input: ZoneInput) {
    this.#parameters = parameters;
    this.#observations = observations;
    this.#input = input;
    this.#compression = new Compression(
      observations.map(({ excess }) => excess),
      input.noise,
    );
    this.#losses = observations.map(({ excess }) => this.#compression.compress(excess));
    this.#reference = observations.findIndex(({ trial }) => trial === input.incumbent);
    const atBest = this.#losses[this.#reference]!;
    this.#tolerance = this.#compression.compress(input.noise) - this.#compression.compress(0);
    this.#axes = parameters.map((parameter) => new AxisScale(parameter, observations));
    this.#model = new AdditiveModel({
      axes: this.#axes.map(({ axis }) => axis),
      losses: this.#losses.map((loss) => loss - atBest),
      // A difference seen early in the schedule says less about the end; a diverged run's loss is a stand-in.
      noiseWeights: observations.map(({ excess, share }) => (Number.isFinite(excess) ? Math.min(1 / share, 6) : 4)),
      noise: input.noise / 2,
      reference: this.#reference,
    });
    this.#contributions = parameters.map((_, axis) => this.#model.contributions(axis));
  }

  finding(parameter: SearchedParameter): Finding {
    const axis = this.#parameters.indexOf(parameter);
    const scale = this.#axes[axis]!;
    const adjusted = this.#adjusted(axis);
    const tested = distinct(this.#observations, parameter.name);
    const chosen = this.#observations[this.#reference]!.params[parameter.name]!;
    const grid = scale.grid();
    const effects = grid.map((at) => this.#model.effect(axis, at, this.#tolerance));
    const finding: Finding = {
      ...unsettled(parameter, this.#observations, this.#input),
      points: this.#points(parameter.name, adjusted),
      atLeastPossible: chosen === parameter.leastPossible,
      atMostPossible: chosen === parameter.mostPossible,
      tested,
      largestEffect: Math.max(...effects.map(({ mean }) => Math.abs(mean))) / this.#tolerance,
      largestProbability: Math.max(...effects.map(({ exceeds }) => exceeds)),
    };
    const context = { axis, scale, adjusted, grid, means: effects.map(({ mean }) => mean) };
    if (scale.axis.kind === 'choice') return { ...finding, ...this.#choices(context, tested) };
    return { ...finding, ...this.#range(context, scale.position(chosen)) };
  }

  /** Each trial's loss with the other parameters' expected effects taken out, relative to the incumbent. */
  #adjusted(axis: number): number[] {
    return this.#losses.map((loss, i) => {
      const others = this.#contributions.reduce((sum, effects, k) => (k === axis ? sum : sum + effects[i]!), 0);
      return loss - this.#losses[this.#reference]! - others;
    });
  }

  #points(name: string, adjusted: number[]): SlicePoint[] {
    const best = this.#observations[this.#reference]!.value!;
    const atBest = this.#losses[this.#reference]!;
    const sign = this.#input.direction === 'minimize' ? 1 : -1;
    const values = new Map(
      this.#observations.map(({ trial }, i) => [trial, best + sign * this.#compression.expand(adjusted[i]! + atBest)]),
    );
    return slicePoints(name, this.#input.trials, values);
  }

  #choices({ axis, scale, adjusted, means, grid }: Context, tested: ParamValue[]): Partial<Finding> {
    const inZone = tested.filter((choice) => means[grid.indexOf(scale.position(choice))]! <= this.#tolerance);
    const otherChoices = tested.flatMap((choice) => {
      if (inZone.includes(choice)) return [];
      const side = this.#side(axis, adjusted, (i) => scale.axis.values[i] === scale.position(choice), choice);
      return side ? [side] : [];
    });
    return { zone: { choices: inZone }, otherChoices };
  }

  #range({ axis, scale, adjusted, grid, means }: Context, chosen: number): Partial<Finding> {
    const start = grid.indexOf(chosen);
    let first = start;
    let last = start;
    while (first > 0 && means[first - 1]! <= this.#tolerance) first--;
    while (last < grid.length - 1 && means[last + 1]! <= this.#tolerance) last++;
    const positions = scale.axis.values;
    const lowEdge = roundInside(scale, grid[first]!, Math.max(...positions.filter((at) => at < grid[first]!)));
    const highEdge = roundInside(scale, grid[last]!, Math.min(...positions.filter((at) => at > grid[last]!)));
    const low = this.#side(axis, adjusted, (i) => positions[i]! < grid[first]!, lowEdge);
    const high = this.#side(axis, adjusted, (i) => positions[i]! > grid[last]!, highEdge);
    return { zone: { low: lowEdge, high: highEdge, lowClosed: low !== null, highClosed: high !== null }, low, high };
  }

  /** The trials among the candidates that did worse for this parameter's sake; null where that is not convincing. */
  #side(axis: number, adjusted: number[], candidate: (i: number) => boolean, beyond: ParamValue): Side | null {
    const worse = this.#observations.map((_, i) => i).filter((i) => candidate(i) && this.#isWorse(i, axis, adjusted));
    const positions = this.#axes[axis]!.axis.values;
    const probability = Math.max(
      0,
      ...worse.map((i) => this.#model.effect(axis, positions[i]!, this.#tolerance).exceeds),
    );
    if (probability < convincing) return null;
    const finite = worse.filter((i) => Number.isFinite(this.#observations[i]!.excess));
    const rises = finite.map((i) => this.#excessOf(adjusted[i]!));
    const rise = finite.length === 0 ? null : significant(rises.reduce((sum, x) => sum + x, 0) / rises.length, 3);
    const trials = worse.map((i) => this.#observations[i]!.trial).sort((a, b) => a - b);
    return { trials, beyond, rise, diverged: worse.length - finite.length, probability };
  }

  /** A diverged run is laid at this parameter's door only where its effect explains most of it. */
  #isWorse(i: number, axis: number, adjusted: number[]): boolean {
    if (Number.isFinite(this.#observations[i]!.excess)) return adjusted[i]! > this.#tolerance;
    return this.#contributions[axis]![i]! > 0.5 * (this.#losses[i]! - this.#losses[this.#reference]!);
  }

  /** What `above`, on the compressed scale, is in the objective's unit. */
  #excessOf(above: number): number {
    const atBest = this.#losses[this.#reference]!;
    return this.#compression.expand(atBest + above) - this.#compression.expand(atBest);
  }
}

interface Context {
  axis: number;
  scale: AxisScale;
  adjusted: number[];
  grid: number[];
  means: number[];
}

/** A parameter's values as positions: in [0, 1] over the searched range, or the index of a choice. */
export class AxisScale {
  readonly axis: Axis;
  readonly #low: number = 0;
  readonly #high: number = 1;
  readonly #log: boolean;
  readonly #choices: ParamValue[];

  constructor({ name, scale, searched }: SearchedParameter, observations: readonly Observation[]) {
    const tested = distinct(observations, name);
    this.#choices = tested;
    this.#log = scale === 'log';
    if (scale !== 'choice') {
      const limits = searched && 'low' in searched ? [searched.low, searched.high] : (searched?.choices ?? []);
      const numbers = [...tested, ...limits].filter((value) => typeof value === 'number').map(this.#axisNumber);
      this.#low = Math.min(...numbers);
      this.#high = Math.max(...numbers);
    }
    const kind = scale === 'choice' ? 'choice' : 'ordered';
    const fallback = tested[0] ?? null;
    this.axis = { kind, values: [] };
    this.axis.values = observations.map(({ params }) => this.position(params[name] ?? fallback));
  }

  position(value: ParamValue): number {
    if (this.axis.kind === 'choice') return this.#choices.indexOf(value);
    return (this.#axisNumber(value as number) - this.#low) / (this.#high - this.#low);
  }

  value(position: number): number {
    const number = this.#low + position * (this.#high - this.#low);
    return this.#log ? Math.exp(number) : number;
  }

  /** Where effects are asked for: the tested values, and on a finely tested axis points in between. */
  grid(): number[] {
    const tested = [...new Set(this.axis.values)].sort((a, b) => a - b);
    if (this.axis.kind === 'choice' || tested.length <= 8) return tested;
    const first = tested[0]!;
    const span = tested.at(-1)! - first;
    const even = Array.from({ length: 41 }, (_, i) => first + (span * i) / 40);
    return [...new Set([...even, ...tested])].sort((a, b) => a - b);
  }

  #axisNumber = (value: number) => (this.#log ? Math.log(value) : value);
}

// The trials of one search as the additive model sees them: effects of single hyperparameters, at the end and early on.
import type { Params } from '@goldilocks/protocol';
import { AdditiveModel, type Effect, type EffectAxis, type Place, type Row } from '@goldilocks/study';
import { AxisScale, type SearchedParameter } from './axis-scale.js';
import { Compression, lastOf, type Observation } from './observations.js';
import { logReach } from './reach.js';

const unknownEffect = 0.35;
const reachEffect = 0.8;
const tooMany = 240;

export interface StudyModelInput {
  parameters: SearchedParameter[];
  observations: Observation[];
  /** Index of the observation that effects are relative to. */
  reference: number;
  noise: number;
}

export class StudyModel {
  readonly scales: AxisScale[];
  /** The share below 1 at which most trials can be compared; null where all went to the end. */
  readonly earlyShare: number | null;
  readonly #input: StudyModelInput;
  readonly #compressions = new Map<number, Compression>();
  readonly #reach: { low: number; high: number } | null;
  readonly #wholes = new Map<number, number>();
  readonly #model: AdditiveModel;

  constructor(input: StudyModelInput) {
    const { parameters, observations, noise } = input;
    this.#input = input;
    this.scales = parameters.map((parameter) => new AxisScale(parameter, observations));
    for (const share of sharesOf(observations)) {
      const excesses = observations.flatMap(({ comparisons }) =>
        comparisons.filter((comparison) => comparison.share === share).map(({ excess }) => excess),
      );
      this.#compressions.set(share, new Compression(excesses, noise));
    }
    this.earlyShare = commonestEarlyShare(observations);
    this.#reach = reachRange(parameters, observations);
    const axes: EffectAxis[] = parameters.map(({ typicalEffect = unknownEffect }, j) => ({
      kind: this.scales[j]!.kind,
      typicalEffect,
    }));
    if (this.#reach) axes.push({ kind: 'ordered', typicalEffect: reachEffect });
    this.#model = new AdditiveModel({ axes, rows: this.#rows(), noise: noise / 2 });
  }

  /** Noise on the compressed scale of that share. */
  tolerance(share: number): number {
    return this.compressed(this.#input.noise, share);
  }

  /** An excess over the reference, on the compressed scale. */
  compressed(excess: number, share: number): number {
    const compression = this.#compressions.get(share)!;
    return compression.compress(excess) - compression.compress(0);
  }

  /** The reverse: in the objective's unit. */
  excess(compressed: number, share: number): number {
    const compression = this.#compressions.get(share)!;
    const base = compression.compress(0);
    return compression.expand(base + compressed) - compression.expand(base);
  }

  /** What giving the reference's run this one value does, at a share of the schedule. */
  effect(axis: number, position: number, share: number): Effect {
    const { params } = this.#input.observations[this.#input.reference]!;
    const name = this.#input.parameters[axis]!.name;
    const scale = this.scales[axis]!;
    const moved = { ...params, [name]: scale.valueAt(position) };
    return this.#model.effect(this.#place(params, share), this.#place(moved, share), this.tolerance(share));
  }

  /** A trial's last loss, compressed, with all expected effects but this parameter's taken out. */
  adjusted(index: number, axis: number): number {
    const { share, excess } = lastOf(this.#input.observations[index]!);
    return this.compressed(excess, share) - this.#whole(index) + this.own(index, axis);
  }

  /** Expected effect of this parameter's value in a trial, at the trial's last share. */
  own(index: number, axis: number): number {
    const { name } = this.#input.parameters[axis]!;
    const { params, comparisons } = this.#input.observations[index]!;
    const { share } = comparisons.at(-1)!;
    const { params: reference } = this.#input.observations[this.#input.reference]!;
    return this.#model.mean(
      this.#place(reference, share),
      this.#place({ ...reference, [name]: params[name] ?? reference[name]! }, share),
    );
  }

  /** Expected effect of all of a trial's settings together, at its last share. */
  #whole(index: number): number {
    const known = this.#wholes.get(index);
    if (known !== undefined) return known;
    const observation = this.#input.observations[index]!;
    const { share } = lastOf(observation);
    const { params: reference } = this.#input.observations[this.#input.reference]!;
    const mean = this.#model.mean(this.#place(reference, share), this.#place(observation.params, share));
    this.#wholes.set(index, mean);
    return mean;
  }

  #rows(): Row[] {
    const every = Math.ceil(this.#input.observations.length / (tooMany / 1.5));
    return this.#input.observations.flatMap((observation, i) => {
      if (i % every !== 0 && i !== this.#input.reference) return [];
      return observation.comparisons.map(({ share, excess }) => ({
        ...this.#place(observation.params, share),
        trial: observation.trial,
        loss: this.compressed(excess, share),
        // A diverged run's loss is a stand-in.
        noiseWeight: Number.isFinite(excess) ? 1 : 4,
      }));
    });
  }

  #place(params: Params, share: number): Place {
    const positions = this.#input.parameters.map(({ name }, j) => this.scales[j]!.position(params[name]));
    if (this.#reach) {
      const { low, high } = this.#reach;
      positions.push((logReach(params, share) - low) / (high - low));
    }
    return { positions, share };
  }
}

function sharesOf(observations: readonly Observation[]): number[] {
  return [...new Set(observations.flatMap(({ comparisons }) => comparisons.map(({ share }) => share)))];
}

function commonestEarlyShare(observations: readonly Observation[]): number | null {
  if (observations.every((observation) => lastOf(observation).share === 1)) return null;
  const count = (share: number) =>
    observations.filter(({ comparisons }) => comparisons.some((comparison) => comparison.share === share)).length;
  const early = sharesOf(observations).filter((share) => share < 1);
  return early.sort((a, b) => count(b) - count(a) || b - a)[0] ?? null;
}

/** Null where fewer than two of its parts vary: then it is no more than the one that does. */
function reachRange(parameters: readonly SearchedParameter[], observations: readonly Observation[]) {
  const moving = ['learningRate', 'batchSize', 'epochs'].filter((name) => parameters.some((one) => one.name === name));
  if (moving.length < 2) return null;
  const reaches = observations.flatMap(({ params, comparisons }) =>
    comparisons.map(({ share }) => logReach(params, share)),
  );
  return { low: Math.min(...reaches), high: Math.max(...reaches) };
}

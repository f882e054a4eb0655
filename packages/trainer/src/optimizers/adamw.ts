// AdamW over named parameters in a ParameterMemory: gradients come in by name, one step updates all.

import { type ParameterMemory, type ParameterSlot, stagingCount } from '../kernels/memory.js';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled weight decay, for parameters with `decay`. */
  weightDecay: number;
}

export interface OptimizedParameter {
  name: string;
  /** An array from the optimizer's ParameterMemory. */
  parameter: Float32Array;
  /** Whether weight decay applies: not to norms and biases. */
  decay: boolean;
  /** Factor on the learning rate (layer-wise rates); 1 = none. */
  rateScale: number;
}

export interface StepOptions {
  /** The schedule's rate at this step, > 0 or 0. */
  learningRate: number;
  /** Gradients are scaled down to this global L2 norm; 0 = no clipping. */
  maxGradientNorm: number;
  /** What the loss was multiplied by; gradients are divided by it. Default 1. */
  lossScale?: number;
}

export interface StepResult {
  /** Global L2 norm of the gradients before clipping, after dividing by the loss scale. */
  gradientNorm: number;
  /** False where the norm was NaN or infinite: nothing was changed, the gradients were dropped. */
  applied: boolean;
}

/** Everything AdamW remembers between steps, for a checkpoint. */
export interface AdamWState {
  /** Updates each parameter has had; parameters unfrozen later have fewer. */
  steps: Record<string, number>;
  /** Views, not copies, named `NAME`, `NAME.first_moment`, `NAME.second_moment`. */
  tensors: { name: string; data: Float32Array }[];
}

interface Entry extends OptimizedParameter {
  slot: ParameterSlot;
  steps: number;
  gradient: GradientState;
}

/**
 * Where the gradient of the coming step is: not there; a borrowed array to be multiplied by `weight`; or in the slot.
 * Borrowing saves a copy of every gradient when a step has one micro-batch.
 */
type GradientState = { in: 'none' } | { in: 'borrowed'; array: Float32Array; weight: number } | { in: 'slot' };

/**
 * Decoupled weight decay (Loshchilov and Hutter, 1711.05101), in the arithmetic of torch.optim.AdamW and
 * clip_grad_norm_: float32 updates, norms in float64. Equal calls give equal bits.
 *
 * Gradients of a step add up: g = Σ weight · gradient over the calls of `accumulate` and `accumulateRows`. A parameter
 * that got none keeps its value and moments, as in PyTorch.
 */
export class AdamW {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly memory: ParameterMemory,
    private readonly settings: AdamWSettings,
  ) {}

  /** Begins to optimise a parameter, at any time; its bias correction counts its own steps. */
  addParameter(added: OptimizedParameter): void {
    const slot = this.memory.slotOf(added.parameter);
    if (!slot) throw new RangeError(`Parameter ${added.name} was not allocated by this optimizer's ParameterMemory.`);
    if (this.entries.has(added.name)) throw new RangeError(`Parameter ${added.name} is already being optimised.`);
    this.entries.set(added.name, { ...added, slot, steps: 0, gradient: { in: 'none' } });
  }

  get parameterNames(): string[] {
    return [...this.entries.keys()];
  }

  /**
   * Adds weight · gradient to this step's gradient.
   * @param gradient handed over until the next `step`: it may be read late and may be changed
   * @param more whether the step has further gradients to come, so that this array should be copied at once and can be freed
   * @throws RangeError on an unknown name or a wrong length
   */
  accumulate(name: string, gradient: Float32Array, weight = 1, more = false): void {
    const entry = this.entry(name);
    if (gradient.length !== entry.parameter.length) {
      throw new RangeError(
        `The gradient of ${name} has ${gradient.length} elements, the parameter ${entry.parameter.length}.`,
      );
    }
    if (entry.gradient.in === 'none') {
      entry.gradient = { in: 'borrowed', array: gradient, weight };
      if (more) settle(entry);
      return;
    }
    settle(entry);
    addScaled(entry.slot, gradient, weight);
  }

  /**
   * Adds weight · rows[i] to row ids[i] of this step's gradient, in the order of i (equal ids add up).
   * @param ids [rows], each in 0 … parameter length / width − 1
   * @param rows [rows, width]
   * @throws RangeError on an unknown name, a wrong size, or an id outside the table
   */
  accumulateRows(name: string, ids: Int32Array | BigInt64Array, rows: Float32Array, width: number, weight = 1): void {
    const entry = this.entry(name);
    if (rows.length !== ids.length * width || entry.parameter.length % width !== 0) {
      throw new RangeError(
        `Gradient rows of ${name}: ${ids.length} ids × ${width} wide, but ${rows.length} elements for a parameter of ${entry.parameter.length}.`,
      );
    }
    const { array, factor } = rowTarget(entry, weight);
    for (let i = 0; i < ids.length; i++) {
      const start = Number(ids[i]) * width;
      if (start < 0 || start >= array.length) {
        throw new RangeError(`Gradient rows of ${name}: id ${ids[i]} is outside 0 … ${array.length / width - 1}.`);
      }
      for (let j = 0; j < width; j++) array[start + j]! += factor * rows[i * width + j]!;
    }
  }

  /** L2 norm of each gradient collected so far in this step, before clipping and before dividing by a loss scale. */
  gradientNorms(): Map<string, number> {
    const norms = new Map<string, number>();
    for (const entry of this.withGradient()) norms.set(entry.name, Math.sqrt(sumOfSquares(entry)));
    return norms;
  }

  /** Updates every parameter that has a gradient, and forgets the gradients. */
  step({ learningRate, maxGradientNorm, lossScale = 1 }: StepOptions): StepResult {
    const entries = this.withGradient();
    let sum = 0;
    for (const entry of entries) sum += sumOfSquares(entry);
    const gradientNorm = Math.sqrt(sum) / lossScale;
    const applied = Number.isFinite(gradientNorm);
    if (applied) {
      // The small term is PyTorch's, so that clipping gives the same numbers.
      const clip = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (gradientNorm + 1e-6)) : 1;
      for (const entry of entries) this.update(entry, learningRate, clip / lossScale);
    }
    this.dropGradients();
    return { gradientNorm, applied };
  }

  /** Forgets the gradients collected so far. */
  dropGradients(): void {
    for (const entry of this.entries.values()) entry.gradient = { in: 'none' };
  }

  /** What a checkpoint has to hold. The arrays are views: write them before the next step. */
  state(): AdamWState {
    const steps: Record<string, number> = {};
    const tensors: AdamWState['tensors'] = [];
    for (const { name, slot, steps: count } of this.entries.values()) {
      steps[name] = count;
      tensors.push({ name, data: slot.parameter });
      tensors.push({ name: `${name}.first_moment`, data: slot.firstMoment });
      tensors.push({ name: `${name}.second_moment`, data: slot.secondMoment });
    }
    return { steps, tensors };
  }

  /**
   * Takes over a state for the parameters added so far, which must be those of the state.
   * @param read the tensor of that name, as `state` gave it
   * @throws RangeError where parameters are missing, unknown or of another size; nothing has changed then
   */
  restore(steps: Record<string, number>, read: (name: string) => Float32Array | undefined): void {
    const unknown = Object.keys(steps).find((name) => !this.entries.has(name));
    if (unknown !== undefined) throw new RangeError(`The saved optimizer state has ${unknown}, which is not trained.`);
    const copies: (() => void)[] = [];
    for (const { name, data } of this.state().tensors) {
      const saved = read(name);
      if (saved?.length !== data.length) {
        throw new RangeError(
          `Saved optimizer state: ${name} has ${saved?.length ?? 'no'} elements, not ${data.length}.`,
        );
      }
      copies.push(() => data.set(saved));
    }
    for (const entry of this.entries.values()) {
      const count = steps[entry.name];
      if (count === undefined) throw new RangeError(`The saved optimizer state lacks the step count of ${entry.name}.`);
      copies.push(() => {
        entry.steps = count;
      });
    }
    for (const copy of copies) copy();
    this.dropGradients();
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new RangeError(`There is no optimised parameter ${name}.`);
    return entry;
  }

  private withGradient(): Entry[] {
    return [...this.entries.values()].filter((entry) => entry.gradient.in !== 'none');
  }

  private update(entry: Entry, learningRate: number, scale: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.settings;
    entry.steps += 1;
    const { slot } = entry;
    const weight = entry.gradient.in === 'borrowed' ? entry.gradient.weight : 1;
    forEachPiece(entry, (gradient, start, count) => {
      slot.memory.kernels.adamw(
        slot.parameter.byteOffset + 4 * start,
        gradient,
        slot.firstMoment.byteOffset + 4 * start,
        slot.secondMoment.byteOffset + 4 * start,
        count,
        learningRate * entry.rateScale,
        beta1,
        beta2,
        epsilon,
        entry.decay ? weightDecay : 0,
        1 - beta1 ** entry.steps,
        1 - beta2 ** entry.steps,
        scale * weight,
      );
    });
  }
}

/** Calls `use` with the kernel address of each piece of an entry's gradient, not yet multiplied by its weight. */
function forEachPiece(entry: Entry, use: (address: number, start: number, count: number) => void): void {
  const { slot, gradient } = entry;
  if (gradient.in === 'borrowed') forEachStaged(slot, gradient.array, use);
  if (gradient.in !== 'slot') return;
  // In the same pieces as a borrowed one, so that sums round alike.
  for (let start = 0; start < slot.gradient.length; start += stagingCount) {
    use(slot.gradient.byteOffset + 4 * start, start, Math.min(stagingCount, slot.gradient.length - start));
  }
}

/** Copies an array piece by piece into the staging area. */
function forEachStaged(
  slot: ParameterSlot,
  array: Float32Array,
  use: (address: number, start: number, count: number) => void,
): void {
  for (let start = 0; start < array.length; start += stagingCount) {
    const piece = array.subarray(start, start + stagingCount);
    slot.staging.set(piece);
    use(slot.staging.byteOffset, start, piece.length);
  }
}

function sumOfSquares(entry: Entry): number {
  const weight = entry.gradient.in === 'borrowed' ? entry.gradient.weight : 1;
  let sum = 0;
  forEachPiece(entry, (address, _, count) => {
    sum += entry.slot.memory.kernels.sumOfSquares(address, count);
  });
  return sum * weight * weight;
}

/** Brings a borrowed gradient into the slot, multiplied by its weight. */
function settle(entry: Entry): void {
  const { slot, gradient } = entry;
  if (gradient.in !== 'borrowed') return;
  slot.gradient.set(gradient.array);
  if (gradient.weight !== 1) {
    slot.memory.kernels.scale(slot.gradient.byteOffset, slot.gradient.length, gradient.weight);
  }
  entry.gradient = { in: 'slot' };
}

function addScaled(slot: ParameterSlot, gradient: Float32Array, weight: number): void {
  forEachStaged(slot, gradient, (address, start, count) => {
    slot.memory.kernels.addScaled(slot.gradient.byteOffset + 4 * start, address, count, weight);
  });
}

/** The array that takes rows of an entry's gradient, and what each row is multiplied by. */
function rowTarget(entry: Entry, weight: number): { array: Float32Array; factor: number } {
  const { slot, gradient } = entry;
  if (gradient.in === 'borrowed' && gradient.weight === weight) return { array: gradient.array, factor: 1 };
  if (gradient.in === 'none') {
    slot.gradient.fill(0);
    entry.gradient = { in: 'slot' };
  }
  settle(entry);
  return { array: slot.gradient, factor: weight };
}

// Optimises named parameters in a ParameterMemory: gradients come in by name, one step updates all by one rule.

import type { ParameterMemory, ParameterSlot } from '../kernels/memory.js';
import { Gradient } from './gradient.js';
import type { ParameterKind, UpdateRule } from './update-rule.js';

export interface OptimizedParameter extends ParameterKind {
  name: string;
  /** An array from the optimizer's ParameterMemory, with room for the rule's state. */
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

/** Everything an optimizer remembers between steps, for a checkpoint. */
export interface OptimizerState {
  /** Updates each parameter has had; parameters unfrozen later have fewer. */
  steps: Record<string, number>;
  /** Views, not copies, named `NAME`, and `NAME.STATE` for each array of the rule. */
  tensors: { name: string; data: Float32Array }[];
}

interface Entry extends OptimizedParameter {
  slot: ParameterSlot;
  steps: number;
  gradient: Gradient;
}

/**
 * Clips as PyTorch's clip_grad_norm_, with norms in float64. Equal calls give equal bits.
 *
 * Gradients of a step add up: g = Σ weight · gradient over the calls of `accumulate` and `accumulateRows`. A parameter
 * that got none keeps its value and state, as in PyTorch.
 */
export class Optimizer {
  private readonly entries = new Map<string, Entry>();

  /** @param weightDecay for parameters with `decay` */
  constructor(
    private readonly memory: ParameterMemory,
    private readonly rule: UpdateRule,
    private readonly weightDecay: number,
  ) {}

  /** Begins to optimise a parameter, at any time; its bias correction counts its own steps. */
  addParameter(added: OptimizedParameter): void {
    const slot = this.memory.slotOf(added.parameter);
    if (!slot) throw new RangeError(`Parameter ${added.name} was not allocated by this optimizer's ParameterMemory.`);
    if (this.entries.has(added.name)) throw new RangeError(`Parameter ${added.name} is already being optimised.`);
    this.entries.set(added.name, { ...added, slot, steps: 0, gradient: new Gradient(slot) });
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
    entry.gradient.add(gradient, weight, more);
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
    const { array, factor } = entry.gradient.rowTarget(weight);
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
    return new Map(this.withGradient().map(({ name, gradient }) => [name, Math.sqrt(gradient.sumOfSquares())]));
  }

  /** Updates every parameter that has a gradient, and forgets the gradients. */
  async step({ learningRate, maxGradientNorm, lossScale = 1 }: StepOptions): Promise<StepResult> {
    const entries = this.withGradient();
    let sum = 0;
    for (const { gradient } of entries) sum += gradient.sumOfSquares();
    const gradientNorm = Math.sqrt(sum) / lossScale;
    const applied = Number.isFinite(gradientNorm);
    if (applied) {
      // The small term is PyTorch's, so that clipping gives the same numbers.
      const clip = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (gradientNorm + 1e-6)) : 1;
      for (const entry of entries) await this.update(entry, learningRate, clip / lossScale);
    }
    this.dropGradients();
    return { gradientNorm, applied };
  }

  /** Forgets the gradients collected so far. */
  dropGradients(): void {
    for (const { gradient } of this.entries.values()) gradient.drop();
  }

  /** What a checkpoint has to hold. The arrays are views: write them before the next step. */
  state(): OptimizerState {
    const steps: OptimizerState['steps'] = {};
    const tensors: OptimizerState['tensors'] = [];
    for (const { name, slot, steps: count } of this.entries.values()) {
      steps[name] = count;
      tensors.push({ name, data: slot.parameter });
      for (const [part, data] of slot.state) tensors.push({ name: `${name}.${part}`, data });
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

  async release(): Promise<void> {
    await this.rule.release?.();
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new RangeError(`There is no optimised parameter ${name}.`);
    return entry;
  }

  private withGradient(): Entry[] {
    return [...this.entries.values()].filter(({ gradient }) => gradient.isThere);
  }

  private async update(entry: Entry, learningRate: number, scale: number): Promise<void> {
    const { slot, shape, hiddenMatrix } = entry;
    const { array, weight } = entry.gradient.value;
    entry.steps += 1;
    await this.rule.update({
      ...{ slot, shape, hiddenMatrix },
      gradient: array,
      gradientScale: scale * weight,
      step: entry.steps,
      learningRate: learningRate * entry.rateScale,
      weightDecay: entry.decay ? this.weightDecay : 0,
    });
  }
}

// What optimizers differ in: what they remember of a parameter, and how they change it.

import type { ParameterSlot } from '../kernels/memory.js';

export interface ParameterKind {
  shape: readonly number[];
  /** A matrix within one of the model's layers: no embedding table, output layer, norm or bias. */
  hiddenMatrix: boolean;
}

/** One parameter at one step. */
export interface ParameterUpdate extends ParameterKind {
  slot: ParameterSlot;
  /**
   * As long as the parameter; may be changed. It is to be multiplied by `gradientScale`, which holds the clipping, and lies in
   * the slot or, where a step had one gradient only, outside.
   */
  gradient: Float32Array;
  gradientScale: number;
  /** Updates of this parameter, with this one: from 1. */
  step: number;
  /** The schedule's rate times the parameter's share of it. */
  learningRate: number;
  /** 0 where none applies. */
  weightDecay: number;
}

/** Equal calls must give equal bits: a resumed run is the run that was not cut off. */
export interface UpdateRule {
  /** Elements (float32) of each array remembered for such a parameter, by name; they begin as zeros. */
  stateOf(kind: ParameterKind): Readonly<Record<string, number>>;
  /** Changes the parameter and its state in place. */
  update(update: ParameterUpdate): void | Promise<void>;
  /** Frees what lies outside the memory of the process's heap; the rule is not used afterwards. */
  release?(): Promise<void>;
}

/** Numbers (float32) that a rule remembers for a parameter. */
export const stateElements = (rule: UpdateRule, kind: ParameterKind): number =>
  Object.values(rule.stateOf(kind)).reduce((sum, count) => sum + count, 0);

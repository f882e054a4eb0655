// AdamW: steps along the mean gradient, each element divided by the root of its mean square.

import { sizeOf } from '../tensor/shape.js';
import { forEachPiece } from './gradient.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** Decoupled weight decay (Loshchilov and Hutter, 1711.05101), in the arithmetic of torch.optim.AdamW: float32. */
export class AdamW implements UpdateRule {
  constructor(private readonly settings: AdamWSettings) {}

  stateOf({ shape }: Pick<ParameterKind, 'shape'>) {
    const count = sizeOf(shape);
    return { first_moment: count, second_moment: count };
  }

  update({ slot, gradient, gradientScale, step, learningRate, weightDecay }: ParameterUpdate): void {
    const { beta1, beta2, epsilon } = this.settings;
    const { parameter, state, memory } = slot;
    const first = state.get('first_moment')!.byteOffset;
    const second = state.get('second_moment')!.byteOffset;
    forEachPiece(slot, gradient, (address, start, count) => {
      memory.kernels.adamw(
        parameter.byteOffset + 4 * start,
        address,
        first + 4 * start,
        second + 4 * start,
        count,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        1 - beta1 ** step,
        1 - beta2 ** step,
        gradientScale,
      );
    });
  }
}

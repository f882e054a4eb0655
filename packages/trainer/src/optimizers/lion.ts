// Lion: every element steps by the learning rate, along the sign of the mean gradient.

import { sizeOf } from '../tensor/shape.js';
import { forEachPiece } from './gradient.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

export interface LionSettings {
  /** Weight of the mean gradient against the new one in the direction, in [0, 1). */
  beta1: number;
  /** How slowly the mean gradient follows, in [0, 1). */
  beta2: number;
}

/** The paper's (2302.06675). Its rates are 3 to 10 times below AdamW's, its weight decay as much above. */
export const lionDefaults: LionSettings = { beta1: 0.9, beta2: 0.99 };

/** Chen et al., 2302.06675, with decoupled weight decay; the state is half of AdamW's. */
export class Lion implements UpdateRule {
  constructor(private readonly settings: LionSettings = lionDefaults) {}

  stateOf({ shape }: Pick<ParameterKind, 'shape'>) {
    return { momentum: sizeOf(shape) };
  }

  update({ slot, gradient, gradientScale, learningRate, weightDecay }: ParameterUpdate): void {
    const { beta1, beta2 } = this.settings;
    const { kernels } = slot.memory;
    const momentum = slot.state.get('momentum')!.byteOffset;
    forEachPiece(slot, gradient, (address, start, count) => {
      const [parameter, mean] = [slot.parameter.byteOffset + 4 * start, momentum + 4 * start];
      kernels.lion(parameter, address, mean, count, learningRate, beta1, beta2, weightDecay, gradientScale);
    });
  }
}

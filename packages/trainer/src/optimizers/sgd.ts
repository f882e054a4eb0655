// Stochastic gradient descent with momentum.

import { sizeOf } from '../tensor/shape.js';
import { forEachPiece } from './gradient.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

export interface SgdSettings {
  /** Share of the last direction that is kept, in [0, 1); 0 remembers nothing. */
  momentum: number;
  /** Steps along gradient + momentum · direction, in place of the direction. */
  nesterov: boolean;
}

export const sgdDefaults: SgdSettings = { momentum: 0.9, nesterov: false };

/** torch.optim.SGD without dampening: weight decay is added to the gradient, so momentum carries it on. */
export class Sgd implements UpdateRule {
  constructor(private readonly settings: SgdSettings) {}

  stateOf({ shape }: Pick<ParameterKind, 'shape'>): Record<string, number> {
    return this.settings.momentum > 0 ? { momentum: sizeOf(shape) } : {};
  }

  update({ slot, gradient, gradientScale, learningRate, weightDecay }: ParameterUpdate): void {
    const { momentum, nesterov } = this.settings;
    const { kernels } = slot.memory;
    const remembered = slot.state.get('momentum')?.byteOffset;
    const ofGradient = nesterov || momentum === 0 ? 1 : 0;
    const ofMomentum = nesterov ? momentum : Number(momentum > 0);
    forEachPiece(slot, gradient, (address, start, count) => {
      const parameter = slot.parameter.byteOffset + 4 * start;
      // Without momentum the direction is written where nothing reads it.
      const direction = remembered === undefined ? slot.scratch.byteOffset : remembered + 4 * start;
      const shares = [momentum, ofGradient, ofMomentum] as const;
      kernels.sgd(parameter, address, direction, count, learningRate, ...shares, weightDecay, gradientScale);
    });
  }
}

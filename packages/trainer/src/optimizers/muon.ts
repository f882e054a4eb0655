// Muon: steps of a layer's matrices are made orthogonal; all other parameters are left to AdamW.

import { sizeOf } from '../tensor/shape.js';
import { AdamW, type AdamWSettings } from './adamw.js';
import { forEachPiece } from './gradient.js';
import { NewtonSchulz } from './newton-schulz.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

export interface MuonSettings {
  /** How slowly the mean gradient follows, in [0, 1). */
  momentum: number;
  /** Looks ahead: the direction is between the mean gradient and the new one. */
  nesterov: boolean;
  /** For what is no matrix within a layer. */
  adam: AdamWSettings;
}

export const muonDefaults = { momentum: 0.95, nesterov: true };

/** A smaller gradient's direction is not blown up to norm 1. */
const smallestNorm = 1e-7;

/**
 * Jordan et al. (kellerjordan.github.io/posts/muon) as torch.optim.Muon has it, with updates scaled to the size of AdamW's
 * (`match_rms_adamw`, 2502.16982), so that its rates and weight decay serve; the products are float32 where PyTorch's are bfloat16.
 */
export class Muon implements UpdateRule {
  private readonly adamw: AdamW;
  private readonly newtonSchulz = new NewtonSchulz();

  constructor(private readonly settings: MuonSettings) {
    this.adamw = new AdamW(settings.adam);
  }

  stateOf(kind: ParameterKind): Record<string, number> {
    return kind.hiddenMatrix ? { momentum: sizeOf(kind.shape) } : this.adamw.stateOf(kind);
  }

  async update(update: ParameterUpdate): Promise<void> {
    if (!update.hiddenMatrix) return this.adamw.update(update);
    const { slot, shape, learningRate, weightDecay } = update;
    const { kernels } = slot.memory;
    const direction = this.directionOf(update);
    const rate = learningRate * 0.2 * Math.sqrt(Math.max(...shape));
    await this.newtonSchulz.run(direction, shape, (orthogonal) =>
      forEachPiece(slot, orthogonal, (address, start, count) => {
        const parameter = slot.parameter.byteOffset + 4 * start;
        if (weightDecay > 0) kernels.scale(parameter, count, 1 - learningRate * weightDecay);
        kernels.addScaled(parameter, address, count, -rate);
      }),
    );
  }

  async release(): Promise<void> {
    await this.newtonSchulz.release();
  }

  /** Takes the gradient into the mean; the direction, of norm 1, is written over the gradient. */
  private directionOf({ slot, gradient, gradientScale }: ParameterUpdate): Float32Array {
    const { momentum, nesterov } = this.settings;
    const mean = slot.state.get('momentum')!;
    const share = (1 - momentum) * gradientScale;
    let sum = 0;
    for (let i = 0; i < mean.length; i++) {
      const fresh = share * gradient[i]!;
      const followed = Math.fround(momentum * mean[i]! + fresh);
      mean[i] = followed;
      gradient[i] = nesterov ? fresh + momentum * followed : followed;
      sum += gradient[i]! ** 2;
    }
    const scale = 1 / Math.max(Math.sqrt(sum), smallestNorm);
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
    return gradient;
  }
}

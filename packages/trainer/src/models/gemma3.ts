// Gemma 3, text: norms on each head's queries and keys; windows with a rotation of their own, and every sixth layer global.
import { rmsNorm } from '../modules/rms-norm.js';
import type { Rope } from '../modules/rope.js';
import { perHead } from '../modules/self-attention.js';
import type { Family } from './architecture.js';
import { finite, optional, type RawConfig, readFields, size } from './config.js';
import { type GemmaConfig, gemmaDecoder, gemmaJson, readGemma } from './gemma.js';
import { readLayerTypes } from './layer-types.js';
import { readRope } from './rope-config.js';

const fields = { sliding_window_pattern: optional(size(1024)), rope_local_base_freq: optional(finite.max(1e12)) };

/** Transformers 5 nests the rotations of both kinds of layers; Transformers 4 has `rope_local_base_freq` for the windows. */
function readRopes(raw: RawConfig, file: string, config: GemmaConfig): { global: Rope; local: Rope } {
  const nested = (raw.rope_parameters ?? {}) as Record<string, unknown>;
  const { rope_local_base_freq: local = 10_000 } = readFields(fields, raw, file);
  const own = (kind: string) => ({ rope_parameters: nested[kind] });
  return {
    global: readRope({ ...raw, ...own('full_attention') }, file, { ...config, theta: 1_000_000 }),
    local: readRope(own('sliding_attention'), file, { ...config, theta: local }),
  };
}

/** Missing values take the defaults of Transformers' Gemma3TextConfig. */
export const gemma3: Family = {
  models: 'Gemma 3 text',
  modelType: 'gemma3_text',
  architectures: ['Gemma3ForCausalLM'],
  read(raw, file) {
    const { rope_parameters, ...flat } = raw;
    const config = { ...readGemma(flat, file, 'gemma3_text', { maxPositions: 131_072 }), raw };
    const { global, local } = readRopes(raw, file, config);
    const { sliding_window_pattern: pattern = 6 } = readFields(fields, raw, file);
    const slides = (layer: number) => (layer + 1) % pattern !== 0;
    const { windowOf, written } = readLayerTypes(raw, file, { layers: config.layers, window: 4096, slides });
    const shared = gemmaJson({ ...config, rope: global });
    return {
      ...gemmaDecoder(config, (context, layer) => ({
        // Its attention ignores a bound of the scores.
        scoreCap: undefined,
        window: windowOf(layer),
        rope: windowOf(layer) ? local : global,
        normalize: (name, x) => perHead(x, config.headDim, (y) => rmsNorm(context, name, y, config.rmsNormEps, 1)),
      })),
      className: 'Gemma3ForCausalLM',
      written: {
        ...shared,
        ...written,
        rope_local_base_freq: local.config.theta,
        rope_parameters: {
          full_attention: shared.rope_parameters,
          sliding_attention: { rope_type: 'default', rope_theta: local.config.theta },
        },
      },
    };
  },
};

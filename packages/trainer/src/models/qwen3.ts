// Qwen 3: Llama with a norm on each head's queries and keys, and heads that need not add up to the hidden width.
import { z } from 'zod';
import { rmsNorm } from '../modules/rms-norm.js';
import { perHead } from '../modules/self-attention.js';
import type { Family } from './architecture.js';
import { optional, readFields } from './config.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';
import { qwenLayerTypes } from './qwen.js';

const fields = { attention_bias: optional(z.boolean()) };

/** Missing values take the defaults of Transformers' Qwen3Config. */
export const qwen3: Family = {
  models: 'Qwen 3',
  modelType: 'qwen3',
  architectures: ['Qwen3ForCausalLM'],
  read(raw, file) {
    const { attention_bias: attentionBias = false } = readFields(fields, raw, file);
    const decoder = readDecoder(raw, file, 'qwen3', { kvHeads: 32, headDim: 128, maxPositions: 32_768 });
    const config = { ...decoder, attentionBias };
    const { windowOf, written } = qwenLayerTypes(raw, file, config.layers);
    return {
      ...preNormDecoder(config, (context, layer) => ({
        window: windowOf(layer),
        normalize: (name, x) => perHead(x, config.headDim, (y) => rmsNorm(context, name, y, config.rmsNormEps)),
      })),
      className: 'Qwen3ForCausalLM',
      written: { ...decoderJson(config), ...written, attention_bias: attentionBias },
    };
  },
};

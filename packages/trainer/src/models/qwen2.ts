// Qwen 2 and 2.5: Llama with biases on queries, keys and values.
import type { Family } from './architecture.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';
import { qwenLayerTypes } from './qwen.js';

/** Missing values take the defaults of Transformers' Qwen2Config. */
export const qwen2: Family = {
  models: 'Qwen 2 and 2.5',
  modelType: 'qwen2',
  architectures: ['Qwen2ForCausalLM'],
  read(raw, file) {
    const config = readDecoder(raw, file, 'qwen2', { kvHeads: 32, maxPositions: 32_768 });
    const { windowOf, written } = qwenLayerTypes(raw, file, config.layers);
    return {
      ...preNormDecoder(config, (_, layer) => ({ qkvBias: true, window: windowOf(layer) })),
      className: 'Qwen2ForCausalLM',
      written: { ...decoderJson(config), ...written },
    };
  },
};

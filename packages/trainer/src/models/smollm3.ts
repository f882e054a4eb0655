// SmolLM3: Llama with layers that know no positions (NoPE, 2501.18795).
import { z } from 'zod';
import type { Family } from './architecture.js';
import { optional, readFields, refuse, size } from './config.js';
import { readLayerTypes } from './layer-types.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';

const fields = {
  attention_bias: optional(z.boolean()),
  mlp_bias: optional(z.boolean()),
  no_rope_layers: optional(z.array(z.number().int().min(0).max(1)).max(1024)),
  no_rope_layer_interval: optional(size(1024)),
  use_sliding_window: optional(z.boolean()),
};

/** Missing values take the defaults of Transformers' SmolLM3Config: every fourth layer without positions. */
export const smollm3: Family = {
  models: 'SmolLM3',
  modelType: 'smollm3',
  architectures: ['SmolLM3ForCausalLM'],
  read(raw, file) {
    const values = readFields(fields, raw, file);
    const { attention_bias: attentionBias = false, mlp_bias: mlpBias = false } = values;
    const decoder = readDecoder(raw, file, 'smollm3', {
      kvHeads: 4,
      maxPositions: 32_768,
      theta: 2_000_000,
      tieWordEmbeddings: true,
      bos: 128_000,
      eos: 128_001,
      pad: 128_004,
    });
    const config = { ...decoder, attentionBias, mlpBias };
    const interval = values.no_rope_layer_interval ?? 4;
    const rotates =
      values.no_rope_layers ?? Array.from({ length: config.layers }, (_, i) => Number((i + 1) % interval !== 0));
    if (rotates.length < config.layers) {
      throw refuse(file, `no_rope_layers names ${rotates.length} layers, but num_hidden_layers is ${config.layers}`);
    }
    const slides = (layer: number) => values.use_sliding_window === true && rotates[layer] === 0;
    const { windowOf, written } = readLayerTypes(raw, file, { layers: config.layers, slides });
    return {
      ...preNormDecoder(config, (_, layer) => ({
        window: windowOf(layer),
        rope: rotates[layer] === 0 ? undefined : config.rope,
      })),
      className: 'SmolLM3ForCausalLM',
      written: {
        ...decoderJson(config),
        ...written,
        no_rope_layers: rotates,
        attention_bias: attentionBias,
        mlp_bias: mlpBias,
      },
    };
  },
};

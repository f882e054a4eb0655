// GPT-NeoX and Pythia: attention and MLP side by side, a part of each head rotated, queries, keys and values in one layer head by head.
import { z } from 'zod';
import type { Value } from '../graph/graph.js';
import { reshape, slice } from '../graph/ops/layout.js';
import { linear } from '../graph/ops/product.js';
import { attend, type KeyValues } from '../modules/attention.js';
import type { ModuleContext } from '../modules/context.js';
import { layerNorm } from '../modules/layer-norm.js';
import { activations, plainMlp } from '../modules/mlp.js';
import type { Rope } from '../modules/rope.js';
import { type Family, residual } from './architecture.js';
import {
  checkSizes,
  epsilon,
  expectOneOf,
  finite,
  type ModelConfig,
  optional,
  type RawConfig,
  readFields,
  sizeFields,
  sizesOf,
  tokenFields,
  tokensOf,
} from './config.js';
import { readRope, ropeJson } from './rope-config.js';

const fields = {
  ...sizeFields,
  ...tokenFields,
  hidden_act: optional(z.string()),
  layer_norm_eps: optional(epsilon),
  use_parallel_residual: optional(z.boolean()),
  attention_bias: optional(z.boolean()),
  rotary_pct: optional(finite.max(1)),
  rotary_emb_base: optional(finite.max(1e12)),
};

interface NeoxConfig extends ModelConfig {
  activation: string;
  layerNormEps: number;
  isParallel: boolean;
  attentionBias: boolean;
  rope: Rope;
}

function readConfig(raw: RawConfig, file: string): NeoxConfig {
  const values = readFields(fields, raw, file);
  const config = {
    modelType: 'gpt_neox',
    ...sizesOf(
      { ...values, num_key_value_heads: undefined, head_dim: undefined, rms_norm_eps: undefined },
      { maxPositions: 2048 },
    ),
    ...tokensOf(values, { bos: 0, eos: 2 }),
    tieWordEmbeddings: values.tie_word_embeddings ?? false,
    activation: expectOneOf(values.hidden_act ?? 'gelu', Object.keys(activations), 'hidden_act', file),
    layerNormEps: values.layer_norm_eps ?? 1e-5,
    isParallel: values.use_parallel_residual ?? true,
    attentionBias: values.attention_bias ?? true,
    raw,
  };
  checkSizes(config, file);
  const { rotary_emb_base: theta, rotary_pct: share = 0.25 } = values;
  return { ...config, rope: readRope(raw, file, { ...config, theta, share }) };
}

function neoxAttention(context: ModuleContext, name: string, x: Value, config: NeoxConfig, past?: KeyValues) {
  const { heads, headDim, hiddenSize: d, attentionBias: bias } = config;
  const n = x.shape[0]!;
  const qkv = reshape(context.linear(`${name}.query_key_value`, x, 3 * d, { bias }), [n, heads, 3 * headDim]);
  const part = (i: number) => reshape(slice(qkv, 2, i * headDim, (i + 1) * headDim), [n, d]);
  const attended = attend(context, { queries: part(0), keys: part(1), values: part(2) }, config, past);
  return { ...attended, output: context.linear(`${name}.dense`, attended.output, d, { bias }) };
}

/** Missing values take the defaults of Transformers' GPTNeoXConfig. */
export const gptNeox: Family = {
  models: 'GPT-NeoX, Pythia',
  modelType: 'gpt_neox',
  architectures: ['GPTNeoXForCausalLM'],
  read(raw, file) {
    const config = readConfig(raw, file);
    const { hiddenSize: d, vocabSize, intermediateSize: width, layerNormEps, rope, headDim } = config;
    const tokens = 'gpt_neox.embed_in.weight';
    const share = rope.dimensions / headDim;
    return {
      config,
      task: 'generation',
      prefix: 'gpt_neox.',
      embed: (context) => context.lookup(tokens, [vocabSize, d], 'token'),
      layer(context, x, layer, past) {
        const name = `gpt_neox.layers.${layer}`;
        const norm = (part: string, y: Value) => layerNorm(context, `${name}.${part}`, y, layerNormEps);
        const attended = neoxAttention(context, `${name}.attention`, norm('input_layernorm', x), config, past);
        const middle = residual(context, x, attended.output);
        const names = { up: `${name}.mlp.dense_h_to_4h`, down: `${name}.mlp.dense_4h_to_h` };
        const normed = norm('post_attention_layernorm', config.isParallel ? x : middle);
        const inner = plainMlp(context, names, normed, { width, activation: activations[config.activation]! });
        return { hidden: residual(context, middle, inner), present: attended.present };
      },
      head(context, x) {
        const name = config.tieWordEmbeddings ? tokens : 'embed_out.weight';
        const normed = layerNorm(context, 'gpt_neox.final_layer_norm', x, layerNormEps);
        return linear(normed, context.weight(name, [vocabSize, d]));
      },
      loraTargets: {
        q_proj: 'attention.query_key_value',
        k_proj: 'attention.query_key_value',
        v_proj: 'attention.query_key_value',
        o_proj: 'attention.dense',
        gate_proj: 'mlp.dense_h_to_4h',
        up_proj: 'mlp.dense_h_to_4h',
        down_proj: 'mlp.dense_4h_to_h',
      },
      className: 'GPTNeoXForCausalLM',
      written: {
        hidden_act: config.activation,
        layer_norm_eps: layerNormEps,
        use_parallel_residual: config.isParallel,
        attention_bias: config.attentionBias,
        ...ropeJson(rope.config, share),
        rotary_pct: share,
        rotary_emb_base: rope.config.theta,
      },
    };
  },
};

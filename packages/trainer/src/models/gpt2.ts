// GPT-2: learned positions, layer norms with biases, weights stored [in, out], queries, keys and values in one layer.
import { z } from 'zod';
import { add } from '../graph/ops/elementwise.js';
import { slice } from '../graph/ops/layout.js';
import { linear } from '../graph/ops/product.js';
import { attend } from '../modules/attention.js';
import { layerNorm } from '../modules/layer-norm.js';
import { activations, plainMlp } from '../modules/mlp.js';
import { type Family, residual } from './architecture.js';
import {
  checkSizes,
  epsilon,
  expectOneOf,
  type ModelConfig,
  optional,
  type RawConfig,
  readFields,
  refuse,
  size,
  sizeFields,
  tokenFields,
  tokensOf,
} from './config.js';

const fields = {
  ...tokenFields,
  vocab_size: sizeFields.vocab_size,
  n_positions: optional(size(2 ** 20)),
  n_embd: sizeFields.hidden_size,
  n_layer: sizeFields.num_hidden_layers,
  n_head: sizeFields.num_attention_heads,
  n_inner: optional(sizeFields.intermediate_size),
  activation_function: optional(z.string()),
  layer_norm_epsilon: optional(epsilon),
  scale_attn_weights: optional(z.boolean()),
  scale_attn_by_inverse_layer_idx: optional(z.boolean()),
  add_cross_attention: optional(z.boolean()),
  tie_word_embeddings: optional(z.boolean()),
};

interface Gpt2Config extends ModelConfig {
  activation: string;
  layerNormEps: number;
  /** Factor on the scores of a layer. */
  scaleOf(layer: number): number;
}

function readConfig(raw: RawConfig, file: string): Gpt2Config {
  const values = readFields(fields, raw, file);
  if (values.add_cross_attention) throw refuse(file, 'add_cross_attention is not supported');
  const { n_embd: hiddenSize, n_head: heads } = values;
  if (hiddenSize % heads !== 0) throw refuse(file, `n_embd ${hiddenSize} is not a multiple of n_head ${heads}`);
  const activation = values.activation_function ?? 'gelu_new';
  const headDim = hiddenSize / heads;
  const base = values.scale_attn_weights === false ? 1 : headDim ** -0.5;
  const config = {
    modelType: 'gpt2',
    vocabSize: values.vocab_size,
    hiddenSize,
    intermediateSize: values.n_inner ?? 4 * hiddenSize,
    layers: values.n_layer,
    heads,
    kvHeads: heads,
    headDim,
    maxPositions: values.n_positions ?? 1024,
    tieWordEmbeddings: values.tie_word_embeddings ?? true,
    ...tokensOf(values, { bos: 50_256, eos: 50_256 }),
    activation: expectOneOf(activation, Object.keys(activations), 'activation_function', file),
    layerNormEps: values.layer_norm_epsilon ?? 1e-5,
    scaleOf: (layer: number) => (values.scale_attn_by_inverse_layer_idx ? base / (layer + 1) : base),
    raw,
  };
  checkSizes(config, file);
  return config;
}

/** Missing values take the defaults of Transformers' GPT2Config. */
export const gpt2: Family = {
  models: 'GPT-2, DistilGPT-2',
  modelType: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  read(raw, file) {
    const config = readConfig(raw, file);
    const { hiddenSize: d, vocabSize, maxPositions, intermediateSize: width, layerNormEps, activation } = config;
    const tokens = 'transformer.wte.weight';
    const stored = { transposed: true, bias: true };
    return {
      config,
      task: 'generation',
      prefix: 'transformer.',
      embed: (context) =>
        add(
          context.lookup(tokens, [vocabSize, d], 'token'),
          context.lookup('transformer.wpe.weight', [maxPositions, d], 'position'),
        ),
      layer(context, x, layer, past) {
        const name = `transformer.h.${layer}`;
        const qkv = context.linear(
          `${name}.attn.c_attn`,
          layerNorm(context, `${name}.ln_1`, x, layerNormEps),
          3 * d,
          stored,
        );
        const part = (n: number) => slice(qkv, 1, n * d, (n + 1) * d);
        const projected = { queries: part(0), keys: part(1), values: part(2) };
        const { output, present } = attend(context, projected, { ...config, scale: config.scaleOf(layer) }, past);
        const middle = residual(context, x, context.linear(`${name}.attn.c_proj`, output, d, stored));
        const names = { up: `${name}.mlp.c_fc`, down: `${name}.mlp.c_proj` };
        const normed = layerNorm(context, `${name}.ln_2`, middle, layerNormEps);
        const inner = plainMlp(context, names, normed, { width, activation: activations[activation]! }, stored);
        return { hidden: residual(context, middle, inner), present };
      },
      head(context, x) {
        const name = config.tieWordEmbeddings ? tokens : 'lm_head.weight';
        return linear(layerNorm(context, 'transformer.ln_f', x, layerNormEps), context.weight(name, [vocabSize, d]));
      },
      loraTargets: {
        q_proj: 'attn.c_attn',
        k_proj: 'attn.c_attn',
        v_proj: 'attn.c_attn',
        o_proj: 'attn.c_proj',
        gate_proj: 'mlp.c_fc',
        up_proj: 'mlp.c_fc',
        down_proj: 'mlp.c_proj',
      },
      className: 'GPT2LMHeadModel',
      // Readers beside Transformers look for n_ctx.
      written: { n_positions: maxPositions, n_ctx: maxPositions, layer_norm_epsilon: layerNormEps },
    };
  },
};

// ModernBERT (2412.13663): an encoder with rotary positions, gated MLPs, and windows on two layers of three.
import { z } from 'zod';
import { slice } from '../graph/ops/layout.js';
import { attend } from '../modules/attention.js';
import { layerNorm } from '../modules/layer-norm.js';
import { activations, fusedGatedMlp } from '../modules/mlp.js';
import type { Rope } from '../modules/rope.js';
import { type Family, residual } from './architecture.js';
import { readClasses } from './classes.js';
import {
  checkSizes,
  epsilon,
  expectOneOf,
  finite,
  optional,
  type RawConfig,
  readFields,
  refuse,
  size,
  sizeFields,
  tokenFields,
  tokensOf,
} from './config.js';
import { readLayerTypes } from './layer-types.js';
import { readRope } from './rope-config.js';

const flag = optional(z.boolean());
const fields = {
  ...sizeFields,
  ...tokenFields,
  hidden_activation: optional(z.string()),
  classifier_activation: optional(z.string()),
  classifier_pooling: optional(z.enum(['cls', 'mean'])),
  norm_eps: optional(epsilon),
  norm_bias: flag,
  attention_bias: flag,
  mlp_bias: flag,
  classifier_bias: flag,
  local_attention: optional(size(2 ** 20)),
  global_attn_every_n_layers: optional(size(1024)),
  global_rope_theta: optional(finite.max(1e12)),
  local_rope_theta: optional(finite.max(1e12)),
};

function readConfig(raw: RawConfig, file: string) {
  const values = readFields(fields, raw, file);
  const { hidden_size: hiddenSize, num_attention_heads: heads } = values;
  if (hiddenSize % heads !== 0) {
    throw refuse(file, `hidden_size ${hiddenSize} is not a multiple of num_attention_heads ${heads}`);
  }
  const activationOf = (value: string | undefined, field: string) =>
    expectOneOf(value ?? 'gelu', Object.keys(activations), field, file);
  const config = {
    modelType: 'modernbert',
    vocabSize: values.vocab_size,
    hiddenSize,
    intermediateSize: values.intermediate_size,
    layers: values.num_hidden_layers,
    heads,
    kvHeads: heads,
    headDim: hiddenSize / heads,
    maxPositions: values.max_position_embeddings ?? 8192,
    tieWordEmbeddings: values.tie_word_embeddings ?? true,
    ...tokensOf(values, { bos: 50_281, eos: 50_282, pad: 50_283 }),
    activation: activationOf(values.hidden_activation, 'hidden_activation'),
    classifierActivation: activationOf(values.classifier_activation, 'classifier_activation'),
    pooling: values.classifier_pooling ?? 'cls',
    normEps: values.norm_eps ?? 1e-5,
    normBias: values.norm_bias ?? false,
    attentionBias: values.attention_bias ?? false,
    mlpBias: values.mlp_bias ?? false,
    classifierBias: values.classifier_bias ?? false,
    reach: Math.floor((values.local_attention ?? 128) / 2),
    globalEvery: values.global_attn_every_n_layers ?? 3,
    globalTheta: values.global_rope_theta ?? 160_000,
    localTheta: values.local_rope_theta ?? 10_000,
    raw,
  };
  checkSizes(config, file);
  return config;
}

type ModernBertConfig = ReturnType<typeof readConfig>;

function readRopes(raw: RawConfig, file: string, config: ModernBertConfig): { global: Rope; local: Rope } {
  const nested = (raw.rope_parameters ?? {}) as Record<string, unknown>;
  const read = (kind: string, theta: number) => readRope({ rope_parameters: nested[kind] }, file, { ...config, theta });
  return {
    global: read('full_attention', config.globalTheta),
    local: read('sliding_attention', config.localTheta),
  };
}

const className = 'ModernBertForSequenceClassification';

/** Missing values take the defaults of Transformers' ModernBertConfig. A new class head reads the first token. */
export const modernbert: Family = {
  models: 'ModernBERT',
  modelType: 'modernbert',
  architectures: [className, 'ModernBertForMaskedLM', 'ModernBertModel'],
  read(raw, file, labels) {
    const classes = readClasses(raw, file, className, labels);
    const config = { ...readConfig(raw, file), labels: classes.labels };
    if (config.pooling === 'mean' && !classes.isNew) {
      throw refuse(
        file,
        'its class head reads the mean of all tokens (classifier_pooling "mean"), which is not supported',
      );
    }
    const { hiddenSize: d, heads, headDim, intermediateSize: width, normEps, normBias, attentionBias, reach } = config;
    const { global, local } = readRopes(raw, file, config);
    const types = { ...raw, sliding_window: reach + 1 };
    const slides = (layer: number) => layer % config.globalEvery !== 0;
    const { windowOf, written } = readLayerTypes(types, file, { layers: config.layers, slides });
    const activation = activations[config.activation]!;
    return {
      config,
      task: 'classification',
      prefix: 'model.',
      className,
      embed: (context) => context.lookup('model.embeddings.tok_embeddings.weight', [config.vocabSize, d], 'token'),
      afterEmbedding: (context, x) => layerNorm(context, 'model.embeddings.norm', x, normEps, normBias),
      layer(context, x, layer, past) {
        const name = `model.layers.${layer}`;
        const norm = (part: string, y: typeof x) => layerNorm(context, `${name}.${part}`, y, normEps, normBias);
        const normed = layer === 0 ? x : norm('attn_norm', x);
        const qkv = context.linear(`${name}.attn.Wqkv`, normed, 3 * d, { bias: attentionBias });
        const part = (n: number) => slice(qkv, 1, n * d, (n + 1) * d);
        const window = windowOf(layer);
        const near = window && { before: window.before, after: window.before };
        const options = { heads, kvHeads: heads, headDim, rope: window ? local : global, window: near };
        const { output, present } = attend(
          context,
          { queries: part(0), keys: part(1), values: part(2) },
          options,
          past,
        );
        const attended = context.linear(`${name}.attn.Wo`, output, d, { bias: attentionBias });
        const middle = residual(context, x, attended);
        const names = { gateUp: `${name}.mlp.Wi`, down: `${name}.mlp.Wo` };
        const mlp = { width, activation, bias: config.mlpBias };
        return {
          hidden: residual(context, middle, fusedGatedMlp(context, names, norm('mlp_norm', middle), mlp)),
          present,
        };
      },
      head(context, x) {
        const final = layerNorm(context, 'model.final_norm', x, normEps, normBias);
        const dense = context.linear('head.dense', final, d, { bias: config.classifierBias });
        const pooled = layerNorm(
          context,
          'head.norm',
          activations[config.classifierActivation]!(dense),
          normEps,
          normBias,
        );
        return context.linear('classifier', context.dropout(pooled), classes.labels.length, { bias: true });
      },
      mayBeNew: ['head.dense', 'head.norm', 'classifier'],
      isNew: classes.isNew ? ['classifier'] : [],
      loraTargets: {
        q_proj: 'attn.Wqkv',
        k_proj: 'attn.Wqkv',
        v_proj: 'attn.Wqkv',
        o_proj: 'attn.Wo',
        gate_proj: 'mlp.Wi',
        up_proj: 'mlp.Wi',
        down_proj: 'mlp.Wo',
      },
      written: {
        ...classes.written,
        layer_types: written.layer_types,
        local_attention: 2 * reach,
        global_attn_every_n_layers: config.globalEvery,
        rope_parameters: {
          full_attention: { rope_type: 'default', rope_theta: global.config.theta },
          sliding_attention: { rope_type: 'default', rope_theta: local.config.theta },
        },
        global_rope_theta: global.config.theta,
        local_rope_theta: local.config.theta,
        classifier_pooling: 'cls',
      },
    };
  },
};

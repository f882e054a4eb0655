// DistilBERT: BERT with half the layers, no segments, and a class head of its own.
import { z } from 'zod';
import { add, relu } from '../graph/ops/elementwise.js';
import { attend } from '../modules/attention.js';
import { layerNorm } from '../modules/layer-norm.js';
import { activations, plainMlp } from '../modules/mlp.js';
import { type Family, residual } from './architecture.js';
import { readClasses } from './classes.js';
import {
  checkSizes,
  expectOneOf,
  optional,
  type RawConfig,
  readFields,
  refuse,
  sizeFields,
  tokenFields,
  tokensOf,
} from './config.js';

const fields = {
  ...tokenFields,
  vocab_size: sizeFields.vocab_size,
  max_position_embeddings: sizeFields.max_position_embeddings,
  dim: sizeFields.hidden_size,
  hidden_dim: sizeFields.intermediate_size,
  n_layers: sizeFields.num_hidden_layers,
  n_heads: sizeFields.num_attention_heads,
  activation: optional(z.string()),
};

function readConfig(raw: RawConfig, file: string) {
  const values = readFields(fields, raw, file);
  const { dim, n_heads: heads } = values;
  if (dim % heads !== 0) throw refuse(file, `dim ${dim} is not a multiple of n_heads ${heads}`);
  const config = {
    modelType: 'distilbert',
    vocabSize: values.vocab_size,
    hiddenSize: dim,
    intermediateSize: values.hidden_dim,
    layers: values.n_layers,
    heads,
    kvHeads: heads,
    headDim: dim / heads,
    maxPositions: values.max_position_embeddings ?? 512,
    tieWordEmbeddings: true,
    ...tokensOf(values, { pad: 0 }),
    activation: expectOneOf(values.activation ?? 'gelu', Object.keys(activations), 'activation', file),
    raw,
  };
  checkSizes(config, file);
  return config;
}

const className = 'DistilBertForSequenceClassification';
const layerNormEps = 1e-12;

/** Missing values take the defaults of Transformers' DistilBertConfig. */
export const distilbert: Family = {
  models: 'DistilBERT',
  modelType: 'distilbert',
  architectures: [className, 'DistilBertForMaskedLM', 'DistilBertModel'],
  read(raw, file, labels) {
    const classes = readClasses(raw, file, className, labels);
    const config = { ...readConfig(raw, file), labels: classes.labels };
    const { hiddenSize: d, vocabSize, maxPositions, intermediateSize: width } = config;
    const activation = activations[config.activation]!;
    const bias = { bias: true };
    return {
      config,
      task: 'classification',
      prefix: 'distilbert.',
      className,
      embed: (context) =>
        add(
          context.lookup('distilbert.embeddings.word_embeddings.weight', [vocabSize, d], 'token'),
          context.lookup('distilbert.embeddings.position_embeddings.weight', [maxPositions, d], 'position'),
        ),
      afterEmbedding: (context, x) => layerNorm(context, 'distilbert.embeddings.LayerNorm', x, layerNormEps),
      layer(context, x, layer, past) {
        const name = `distilbert.transformer.layer.${layer}`;
        const project = (part: string) => context.linear(`${name}.attention.${part}`, x, d, bias);
        const projected = { queries: project('q_lin'), keys: project('k_lin'), values: project('v_lin') };
        const { output, present } = attend(context, projected, config, past);
        const attended = residual(context, x, context.linear(`${name}.attention.out_lin`, output, d, bias));
        const middle = layerNorm(context, `${name}.sa_layer_norm`, attended, layerNormEps);
        const names = { up: `${name}.ffn.lin1`, down: `${name}.ffn.lin2` };
        const inner = residual(context, middle, plainMlp(context, names, middle, { width, activation }));
        return { hidden: layerNorm(context, `${name}.output_layer_norm`, inner, layerNormEps), present };
      },
      head(context, x) {
        const pooled = context.dropout(relu(context.linear('pre_classifier', x, d, bias)));
        return context.linear('classifier', pooled, classes.labels.length, bias);
      },
      mayBeNew: ['pre_classifier', 'classifier'],
      isNew: classes.isNew ? ['classifier'] : [],
      loraTargets: {
        q_proj: 'attention.q_lin',
        k_proj: 'attention.k_lin',
        v_proj: 'attention.v_lin',
        o_proj: 'attention.out_lin',
        gate_proj: 'ffn.lin1',
        up_proj: 'ffn.lin1',
        down_proj: 'ffn.lin2',
      },
      written: { ...classes.written },
    };
  },
};

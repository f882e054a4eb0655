// BERT, and what has its shape (MiniLM, BGE, E5, mBERT): an encoder whose first token tells the class.
import { z } from 'zod';
import { add, tanh } from '../graph/ops/elementwise.js';
import { attend } from '../modules/attention.js';
import { layerNorm } from '../modules/layer-norm.js';
import { activations, plainMlp } from '../modules/mlp.js';
import { type Family, residual } from './architecture.js';
import { readClasses } from './classes.js';
import {
  checkSizes,
  epsilon,
  expectOneOf,
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
  ...sizeFields,
  ...tokenFields,
  hidden_act: optional(z.string()),
  layer_norm_eps: optional(epsilon),
  type_vocab_size: optional(size(1024)),
  position_embedding_type: optional(z.string()),
  is_decoder: optional(z.boolean()),
};

function readConfig(raw: RawConfig, file: string) {
  const values = readFields(fields, raw, file);
  if (values.is_decoder) throw refuse(file, 'is_decoder is not supported: BERT is an encoder here');
  expectOneOf(values.position_embedding_type ?? 'absolute', ['absolute'], 'position_embedding_type', file);
  const { hidden_size: hiddenSize, num_attention_heads: heads } = values;
  if (hiddenSize % heads !== 0) {
    throw refuse(file, `hidden_size ${hiddenSize} is not a multiple of num_attention_heads ${heads}`);
  }
  const config = {
    modelType: 'bert',
    vocabSize: values.vocab_size,
    hiddenSize,
    intermediateSize: values.intermediate_size,
    layers: values.num_hidden_layers,
    heads,
    kvHeads: heads,
    headDim: hiddenSize / heads,
    maxPositions: values.max_position_embeddings ?? 512,
    tieWordEmbeddings: values.tie_word_embeddings ?? true,
    ...tokensOf(values, { pad: 0 }),
    activation: expectOneOf(values.hidden_act ?? 'gelu', Object.keys(activations), 'hidden_act', file),
    layerNormEps: values.layer_norm_eps ?? 1e-12,
    typeVocabSize: values.type_vocab_size ?? 2,
    raw,
  };
  checkSizes(config, file);
  return config;
}

const className = 'BertForSequenceClassification';

/** Missing values take the defaults of Transformers' BertConfig. Texts are single, all of segment 0. */
export const bert: Family = {
  models: 'BERT, MiniLM',
  modelType: 'bert',
  architectures: [className, 'BertForMaskedLM', 'BertForPreTraining', 'BertModel'],
  read(raw, file, labels) {
    const classes = readClasses(raw, file, className, labels);
    const config = { ...readConfig(raw, file), labels: classes.labels };
    const { hiddenSize: d, vocabSize, maxPositions, typeVocabSize, layerNormEps, intermediateSize: width } = config;
    const activation = activations[config.activation]!;
    const bias = { bias: true };
    return {
      config,
      task: 'classification',
      prefix: 'bert.',
      className,
      embed: (context) =>
        add(
          add(
            context.lookup('bert.embeddings.word_embeddings.weight', [vocabSize, d], 'token'),
            context.lookup('bert.embeddings.position_embeddings.weight', [maxPositions, d], 'position'),
          ),
          context.lookup('bert.embeddings.token_type_embeddings.weight', [typeVocabSize, d], 'first'),
        ),
      afterEmbedding: (context, x) => layerNorm(context, 'bert.embeddings.LayerNorm', x, layerNormEps),
      layer(context, x, layer, past) {
        const name = `bert.encoder.layer.${layer}`;
        const project = (part: string) => context.linear(`${name}.attention.self.${part}`, x, d, bias);
        const projected = { queries: project('query'), keys: project('key'), values: project('value') };
        const { output, present } = attend(context, projected, config, past);
        const attended = residual(context, x, context.linear(`${name}.attention.output.dense`, output, d, bias));
        const middle = layerNorm(context, `${name}.attention.output.LayerNorm`, attended, layerNormEps);
        const names = { up: `${name}.intermediate.dense`, down: `${name}.output.dense` };
        const inner = residual(context, middle, plainMlp(context, names, middle, { width, activation }));
        return { hidden: layerNorm(context, `${name}.output.LayerNorm`, inner, layerNormEps), present };
      },
      head(context, x) {
        const pooled = context.dropout(tanh(context.linear('bert.pooler.dense', x, d, bias)));
        return context.linear('classifier', pooled, classes.labels.length, bias);
      },
      mayBeNew: ['bert.pooler.dense', 'classifier'],
      isNew: classes.isNew ? ['classifier'] : [],
      loraTargets: {
        q_proj: 'attention.self.query',
        k_proj: 'attention.self.key',
        v_proj: 'attention.self.value',
        o_proj: 'attention.output.dense',
        gate_proj: 'intermediate.dense',
        up_proj: 'intermediate.dense',
        down_proj: 'output.dense',
      },
      written: { ...classes.written, is_decoder: false, layer_norm_eps: layerNormEps, type_vocab_size: typeVocabSize },
    };
  },
};

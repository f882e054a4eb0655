// Writes a model's config.json so that Transformers 4 and 5, and the tools that read only the old spelling, all read the same model.
import type { Architecture } from '../models/architecture.js';
import type { ModelConfig } from '../models/config.js';
import type { WritableDtype } from '../weights/write-safetensors.js';
import { stringifyWithFloats } from './json-with-floats.js';

const torchNames: Record<WritableDtype, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** The fields of Transformers' configurations that are floats, whatever the family. */
const floatKeys = new Set([
  'attention_dropout',
  'attention_factor',
  'attention_probs_dropout_prob',
  'attn_logit_softcapping',
  'attn_pdrop',
  'beta_fast',
  'beta_slow',
  'classifier_dropout',
  'dropout',
  'embd_pdrop',
  'embedding_dropout',
  'factor',
  'final_logit_softcapping',
  'global_rope_theta',
  'hidden_dropout',
  'hidden_dropout_prob',
  'high_freq_factor',
  'initializer_cutoff_factor',
  'initializer_range',
  'layer_norm_eps',
  'layer_norm_epsilon',
  'local_rope_theta',
  'long_factor',
  'low_freq_factor',
  'mlp_dropout',
  'norm_eps',
  'partial_rotary_factor',
  'qa_dropout',
  'resid_pdrop',
  'rms_norm_eps',
  'rope_local_base_freq',
  'rope_theta',
  'rotary_emb_base',
  'rotary_pct',
  'seq_classif_dropout',
  'short_factor',
  'summary_first_dropout',
]);

/** Everything that the original configuration says, and explicitly what a reader might default differently. */
export function configJson({ config, className, written }: Architecture, dtype: WritableDtype): string {
  const { transformers_version, _name_or_path, ...raw } = config.raw;
  const values = {
    ...raw,
    architectures: [className],
    model_type: config.modelType,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: oneOrList(config.eosTokenIds),
    pad_token_id: config.padTokenId ?? null,
    ...written,
    dtype: torchNames[dtype],
    torch_dtype: torchNames[dtype],
  };
  return `${stringifyWithFloats(values, floatKeys)}\n`;
}

/** generation_config.json: the original's, or what the configuration says about the tokens that begin and end a text. */
export function generationConfigJson(config: ModelConfig, original: Record<string, unknown> | undefined): string {
  const { transformers_version, ...values } = original ?? {
    bos_token_id: config.bosTokenId,
    eos_token_id: oneOrList(config.eosTokenIds),
    pad_token_id: config.padTokenId,
  };
  return `${stringifyWithFloats(values, generationFloats)}\n`;
}

const generationFloats = new Set([
  'temperature',
  'top_p',
  'min_p',
  'typical_p',
  'repetition_penalty',
  'length_penalty',
]);

const oneOrList = (ids: readonly number[]) => (ids.length === 0 ? null : ids.length === 1 ? ids[0]! : ids);

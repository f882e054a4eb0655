// The shape of the small base model and its tensors: about 3 million parameters, Llama's architecture.

import { parseConfig } from '../../packages/trainer/dist/models/config.js';
import { expectedShapes } from '../../packages/trainer/dist/models/llama.js';

/** Hugging Face config.json, without what the engine does not read. */
export const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 4096,
  hidden_size: 192,
  intermediate_size: 512,
  num_hidden_layers: 6,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  head_dim: 32,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  attention_bias: false,
  attention_dropout: 0.0,
  mlp_bias: false,
  tie_word_embeddings: true,
  rope_theta: 10000.0,
  rope_scaling: null,
  initializer_range: 0.05,
  bos_token_id: null,
  eos_token_id: 0,
  pad_token_id: 1,
  use_cache: true,
  dtype: 'bfloat16',
};

export const EMBEDDING = 'model.embed_tokens.weight';

/** Every tensor's name and shape, in the order of the layers. */
export const tensorShapes = () => expectedShapes(parseConfig(config));

// The shape of the small base model and its tensors: about 3 million parameters, Llama's architecture.

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
export function tensorShapes() {
  const { hidden_size: d, intermediate_size: inner, head_dim: head } = config;
  const queries = config.num_attention_heads * head;
  const keys = config.num_key_value_heads * head;
  const shapes = new Map([[EMBEDDING, [config.vocab_size, d]]]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const name = (part) => `model.layers.${layer}.${part}.weight`;
    shapes.set(name('input_layernorm'), [d]);
    shapes.set(name('self_attn.q_proj'), [queries, d]);
    shapes.set(name('self_attn.k_proj'), [keys, d]);
    shapes.set(name('self_attn.v_proj'), [keys, d]);
    shapes.set(name('self_attn.o_proj'), [d, queries]);
    shapes.set(name('post_attention_layernorm'), [d]);
    shapes.set(name('mlp.gate_proj'), [inner, d]);
    shapes.set(name('mlp.up_proj'), [inner, d]);
    shapes.set(name('mlp.down_proj'), [d, inner]);
  }
  return shapes.set('model.norm.weight', [d]);
}

// A Llama of a given shape with random weights: speed and memory depend on shapes alone.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillNormal, Purpose, writeSafetensors } from '@goldilocks/trainer';

/** As SmolLM2-360M and Llama 3.2 1B are shaped, with the tokenizer and vocabulary of the model that is given. */
export const shapes = {
  '360M': {
    hidden_size: 960,
    intermediate_size: 2560,
    num_hidden_layers: 32,
    num_attention_heads: 15,
    num_key_value_heads: 5,
  },
  '1B': {
    hidden_size: 2048,
    intermediate_size: 8192,
    num_hidden_layers: 16,
    num_attention_heads: 32,
    num_key_value_heads: 8,
  },
};

/** Writes it in bfloat16. @returns {Promise<string>} its folder */
export async function writeRandomModel(model, name, folder) {
  const shape = { ...shapes[name], head_dim: 64 };
  const config = { ...JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')), ...shape };
  const target = join(folder, name);
  mkdirSync(target, { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) cpSync(join(model, file), join(target, file));
  writeFileSync(join(target, 'config.json'), JSON.stringify(config));
  const tensors = tensorShapes(config).map(([tensor, size], number) => ({
    name: tensor,
    shape: size,
    dtype: 'BF16',
    data: () => values(size, number),
  }));
  await writeSafetensors(join(target, 'model.safetensors'), tensors);
  return target;
}

function tensorShapes({
  hidden_size: hidden,
  intermediate_size: inner,
  vocab_size: vocabulary,
  head_dim: head,
  ...config
}) {
  const [queries, keys] = [config.num_attention_heads * head, config.num_key_value_heads * head];
  const ofLayer = (layer) =>
    Object.entries({
      'self_attn.q_proj': [queries, hidden],
      'self_attn.k_proj': [keys, hidden],
      'self_attn.v_proj': [keys, hidden],
      'self_attn.o_proj': [hidden, queries],
      'mlp.gate_proj': [inner, hidden],
      'mlp.up_proj': [inner, hidden],
      'mlp.down_proj': [hidden, inner],
      input_layernorm: [hidden],
      post_attention_layernorm: [hidden],
    }).map(([name, size]) => [`model.layers.${layer}.${name}.weight`, size]);
  return [
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...Array.from({ length: config.num_hidden_layers }, (_, layer) => ofLayer(layer)).flat(),
    ['model.norm.weight', [hidden]],
  ];
}

/** Norms are ones. */
function values(size, number) {
  const data = new Float32Array(size.reduce((product, n) => product * n));
  if (size.length === 1) return data.fill(1);
  fillNormal(data, { seed: 1, purpose: Purpose.initialization, counter: number }, 0.02);
  return data;
}

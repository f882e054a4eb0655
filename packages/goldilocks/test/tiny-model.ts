// A tiny random Llama with a tokenizer, as a Hugging Face directory: every verb runs on it in a second or two.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSafetensors } from '@goldilocks/trainer';
import { draws } from './synthetic-runs.js';

const tokenizer = fileURLToPath(new URL('../../../goldens/io/byte-level', import.meta.url));

export interface TinyModelOptions {
  /** Default 384: the tokenizer has 340. */
  vocabSize?: number;
  layers?: number;
}

const hidden = 16;
const intermediate = 32;
const heads = 2;

export async function writeTinyModel(folder: string, options: TinyModelOptions = {}): Promise<string> {
  const { vocabSize = 384, layers = 2 } = options;
  mkdirSync(folder, { recursive: true });
  const shapes: [string, number[]][] = [
    ['model.embed_tokens.weight', [vocabSize, hidden]],
    ...Array.from({ length: layers }, (_, i) => layerShapes(i)).flat(),
    ['model.norm.weight', [hidden]],
  ];
  const tensors = shapes.map(([name, shape], i) => ({ name, dtype: 'F32' as const, shape, data: values(shape, i) }));
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configOf(vocabSize, layers)));
  cpSync(tokenizer, folder, { recursive: true });
  return folder;
}

function layerShapes(i: number): [string, number[]][] {
  const name = (rest: string) => `model.layers.${i}.${rest}.weight`;
  const square = ['q', 'k', 'v', 'o'].map((part): [string, number[]] => [
    name(`self_attn.${part}_proj`),
    [hidden, hidden],
  ]);
  return [
    [name('input_layernorm'), [hidden]],
    ...square,
    [name('post_attention_layernorm'), [hidden]],
    [name('mlp.gate_proj'), [intermediate, hidden]],
    [name('mlp.up_proj'), [intermediate, hidden]],
    [name('mlp.down_proj'), [hidden, intermediate]],
  ];
}

/** Ones for norms, else normal with deviation 0.1. */
function values(shape: number[], seed: number): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.length === 1) return new Float32Array(count).fill(1);
  return Float32Array.from(draws(count, seed), (z) => 0.1 * z);
}

function configOf(vocabSize: number, layers: number) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: hidden,
    intermediate_size: intermediate,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: hidden / heads,
    vocab_size: vocabSize,
    max_position_embeddings: 128,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: true,
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 0,
  };
}

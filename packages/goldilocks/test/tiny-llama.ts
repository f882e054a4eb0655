// A tiny random Llama on disk and small tasks of made-up tokens, for tests with the real engine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenizedExample } from '@goldilocks/trainer';
import { draws } from './synthetic-runs.js';

export const shape = { vocab: 64, hidden: 32, layers: 3, heads: 4, keyValueHeads: 2, intermediate: 64 };

const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  hidden_size: shape.hidden,
  intermediate_size: shape.intermediate,
  num_hidden_layers: shape.layers,
  num_attention_heads: shape.heads,
  num_key_value_heads: shape.keyValueHeads,
  head_dim: shape.hidden / shape.heads,
  vocab_size: shape.vocab,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  attention_bias: false,
  mlp_bias: false,
  bos_token_id: 1,
  eos_token_id: 2,
};

export type Tensors = Map<string, { shape: number[]; data: Float32Array }>;

const isNorm = (name: string) => name.endsWith('norm.weight');

/** Every tensor with its shape, by its Hugging Face name. */
function tensorShapes(): [name: string, shape: number[]][] {
  const { vocab, hidden, intermediate, layers } = shape;
  const keyValue = (hidden / shape.heads) * shape.keyValueHeads;
  const layer = (i: number): [string, number[]][] => [
    [`model.layers.${i}.input_layernorm.weight`, [hidden]],
    [`model.layers.${i}.self_attn.q_proj.weight`, [hidden, hidden]],
    [`model.layers.${i}.self_attn.k_proj.weight`, [keyValue, hidden]],
    [`model.layers.${i}.self_attn.v_proj.weight`, [keyValue, hidden]],
    [`model.layers.${i}.self_attn.o_proj.weight`, [hidden, hidden]],
    [`model.layers.${i}.post_attention_layernorm.weight`, [hidden]],
    [`model.layers.${i}.mlp.gate_proj.weight`, [intermediate, hidden]],
    [`model.layers.${i}.mlp.up_proj.weight`, [intermediate, hidden]],
    [`model.layers.${i}.mlp.down_proj.weight`, [hidden, intermediate]],
  ];
  return [
    ['model.embed_tokens.weight', [vocab, hidden]],
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ['model.norm.weight', [hidden]],
  ];
}

/** Random weights: ones for norms, else normal with deviation 0.1. */
export function randomTensors(seed: number): Tensors {
  return new Map(
    tensorShapes().map(([name, dims], i) => {
      const count = dims.reduce((a, b) => a * b, 1);
      const data = isNorm(name)
        ? new Float32Array(count).fill(1)
        : Float32Array.from(draws(count, seed + i), (z) => 0.1 * z);
      return [name, { shape: dims, data }];
    }),
  );
}

/** Writes a model directory without a tokenizer: config.json and model.safetensors. */
export function writeModel(directory: string, tensors: Tensors): string {
  mkdirSync(directory, { recursive: true });
  let offset = 0;
  const header: Record<string, unknown> = {};
  for (const [name, { shape: dims, data }] of tensors) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const json = JSON.stringify(header);
  const head = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8), 'utf8');
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(head.length));
  const bodies = [...tensors.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  writeFileSync(join(directory, 'model.safetensors'), Buffer.concat([size, head, ...bodies]));
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  return directory;
}

export interface Task {
  examples: number;
  seed: number;
  /** Share of answers that are random. */
  noise?: number;
  /** Shifts which answer belongs to which word: a different shift is a different task. */
  shift?: number;
}

const words = 24;
const answers = 8;
const firstWord = 4;
const firstAnswer = 40;

/**
 * Examples of six words and an answer that depends on the first word only (except for the noise): easy to learn, and with
 * noise something to memorise.
 */
export function makeTask({ examples, seed, noise = 0, shift = 0 }: Task): TokenizedExample[] {
  let state = seed * 9973 + 7;
  const below = (n: number) => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * n);
  };
  return Array.from({ length: examples }, () => {
    const prompt = Array.from({ length: 6 }, () => below(words));
    const random = below(1000) < noise * 1000;
    const answer = random ? below(answers) : (prompt[0]! * 5 + shift) % answers;
    const ids = Int32Array.from([1, ...prompt.map((word) => firstWord + word), 3, firstAnswer + answer]);
    const supervised = Uint8Array.from(ids, (_, i) => (i === ids.length - 1 ? 1 : 0));
    return { ids, supervised, supervisedBytes: 4, truncatedTokens: 0 };
  });
}

// Turns a checkpoint of pretrain.mjs into a Hugging Face model directory, and measures it on the held-out text.
//
//   node models/pretrain/publish.mjs WORK_FOLDER MODEL_FOLDER
//
// Writes config.json, generation_config.json, model.safetensors (bfloat16) and reference.txt beside the tokenizer's files. The numbers
// for README.md are printed and saved in measured.json of the work folder.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readDocuments } from './documents.mjs';
import { heldOutBits } from './heldout.mjs';
import { config, tensorShapes } from './model-config.mjs';
import { loadState } from './state.mjs';

const REFERENCE_BYTES_PER_SOURCE = 10_000;
/** Fields that Transformers wants as floats even where they are whole. */
const FLOATS = /("(?:rope_theta|attention_dropout|temperature)": \d+)(,?)$/gm;

const json = (value) => `${JSON.stringify(value, null, 2).replace(FLOATS, '$1.0$2')}\n`;

/** Rounds to bfloat16, ties to even; returns 16-bit words. */
function toBfloat16(tensor) {
  const words = new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length);
  return Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

/** Replaces each weight by the nearest bfloat16, so that what is measured is what ships. */
function roundInPlace(weights) {
  for (const tensor of weights.values()) {
    const words = new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length);
    for (const [i, half] of toBfloat16(tensor).entries()) words[i] = half << 16;
  }
}

function safetensors(weights) {
  const header = { __metadata__: { format: 'pt' } };
  const parts = [];
  let offset = 0;
  for (const [name, shape] of tensorShapes()) {
    const bytes = Buffer.from(toBfloat16(weights.get(name)).buffer);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, (offset += bytes.length)] };
    parts.push(bytes);
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/** The same amount of held-out text from each source, whole lines. */
function referenceText(work) {
  const taken = new Map();
  const lines = [];
  for (const { source, text } of readDocuments(join(work, 'heldout.jsonl'))) {
    for (const line of text.split(/\n|(?<=[.!?]) (?=[A-Z])/)) {
      const bytes = taken.get(source) ?? 0;
      if (bytes > REFERENCE_BYTES_PER_SOURCE) break;
      taken.set(source, bytes + Buffer.byteLength(line) + 1);
      lines.push(line);
    }
  }
  return `${lines.join('\n')}\n`;
}

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { checkpoint: { type: 'string' } } });
  const [work, target] = positionals;
  if (!target) throw new Error('usage: node models/pretrain/publish.mjs WORK_FOLDER MODEL_FOLDER [--checkpoint FILE]');
  const { weights, progress } = loadState(values.checkpoint ?? join(work, 'checkpoint.bin'), 0);
  roundInPlace(weights);
  const rope = { rope_type: 'default', rope_theta: config.rope_theta };
  writeFileSync(join(target, 'model.safetensors'), safetensors(weights));
  writeFileSync(join(target, 'config.json'), json({ ...config, rope_parameters: rope }));
  const generation = { do_sample: true, temperature: 0.8, top_p: 0.95, eos_token_id: 0, pad_token_id: 1 };
  writeFileSync(join(target, 'generation_config.json'), json(generation));
  writeFileSync(join(target, 'reference.txt'), referenceText(work));
  const measured = {
    parameters: [...weights.values()].reduce((sum, tensor) => sum + tensor.length, 0),
    ...progress,
    heldOutBitsPerByte: await heldOutBits(weights, work),
  };
  writeFileSync(join(work, 'measured.json'), json(measured));
  console.log(measured);
}

await main();

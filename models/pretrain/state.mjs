// The complete state of a pretraining run: made, saved in one step and loaded.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fillNormal } from '../../packages/trainer/dist/random/fill.js';
import { Purpose } from '../../packages/trainer/dist/random/philox.js';
import { config, tensorShapes } from './model-config.mjs';

const elements = (shape) => shape.reduce((product, n) => product * n, 1);

/** Matrices are normal; those that write into the residual stream are smaller by √(2 · layers) (GPT-2). Norms are one. */
function initialWeights(seed) {
  const residual = Math.sqrt(2 * config.num_hidden_layers);
  let part = 0;
  return new Map(
    [...tensorShapes()].map(([name, shape]) => {
      const tensor = new Float32Array(elements(shape)).fill(1);
      const deviation = config.initializer_range / (/o_proj|down_proj/.test(name) ? residual : 1);
      const key = { seed, purpose: Purpose.initialization, counter: 0, part: part++ };
      if (shape.length > 1) fillNormal(tensor, key, deviation);
      return [name, tensor];
    }),
  );
}

const zerosLike = (weights) => new Map([...weights].map(([name, tensor]) => [name, new Float32Array(tensor.length)]));

/** `progress`: step, window (how many training windows were used), seconds spent, and the seed. */
export function newState(seed) {
  const weights = initialWeights(seed);
  const moments = { first: zerosLike(weights), second: zerosLike(weights) };
  return { weights, moments, progress: { step: 0, tokens: 0, seconds: 0, seed } };
}

const tensorsOf = ({ weights, moments }) => [
  ...weights.values(),
  ...moments.first.values(),
  ...moments.second.values(),
];

/** One file: length of the JSON, the JSON, then weights and moments. Renamed into place, so that a kill never leaves half a file. */
export function saveState(file, state) {
  const header = Buffer.from(JSON.stringify(state.progress));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const bytes = tensorsOf(state).map((tensor) => Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength));
  writeFileSync(`${file}.partial`, Buffer.concat([length, header, ...bytes]));
  renameSync(`${file}.partial`, file);
}

/** The saved state, or a new one where there is none. */
export function loadState(file, seed) {
  const state = newState(seed);
  if (!existsSync(file)) return state;
  const bytes = readFileSync(file);
  let at = 4 + bytes.readUInt32LE(0);
  state.progress = JSON.parse(bytes.toString('utf8', 4, at));
  for (const tensor of tensorsOf(state)) {
    Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength).set(bytes.subarray(at, at + tensor.byteLength));
    at += tensor.byteLength;
  }
  return state;
}

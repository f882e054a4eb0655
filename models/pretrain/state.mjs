// The complete state of a pretraining run: made, saved whole and loaded.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { AdamW, fillNormal, ParameterMemory, Purpose } from '@goldilocks/trainer';
import { config, tensorShapes } from './model-config.mjs';

const ADAMW = { beta1: 0.9, beta2: 0.97, epsilon: 1e-8, weightDecay: 0.1 };

const elements = (shape) => shape.reduce((product, n) => product * n, 1);

/** Matrices are normal; those that write into the residual stream are smaller by √(2 · layers) (GPT-2). Norms are one. */
function initialise(tensor, name, key) {
  if (name.includes('norm')) return tensor.fill(1);
  const residual = /o_proj|down_proj/.test(name) ? Math.sqrt(2 * config.num_hidden_layers) : 1;
  return fillNormal(tensor, key, config.initializer_range / residual);
}

/**
 * @returns `weights` (float32 arrays by name, which `optimizer` updates in place) and `progress`: the seed, optimizer steps,
 * tokens and seconds so far
 */
export function newState(seed) {
  const shapes = [...tensorShapes()];
  const memory = new ParameterMemory(shapes.map(([, shape]) => elements(shape)));
  const optimizer = new AdamW(memory, ADAMW);
  const weights = new Map();
  for (const [part, [name, shape]] of shapes.entries()) {
    const parameter = memory.allocate(elements(shape));
    initialise(parameter, name, { seed, purpose: Purpose.initialization, counter: 0, part });
    optimizer.addParameter({ name, parameter, decay: shape.length > 1, rateScale: 1 });
    weights.set(name, parameter);
  }
  return { weights, optimizer, progress: { step: 0, tokens: 0, seconds: 0, seed } };
}

/** One file: length of the JSON, the JSON, the tensors. Renamed into place, so that a kill never leaves half a file. */
export function saveState(file, { optimizer, progress }) {
  const { tensors } = optimizer.state();
  const header = Buffer.from(JSON.stringify({ progress, names: tensors.map(({ name }) => name) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const bytes = tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  writeFileSync(`${file}.partial`, Buffer.concat([length, header, ...bytes]));
  renameSync(`${file}.partial`, file);
}

/** The saved state, or a new one where there is none. */
export function loadState(file, seed) {
  const state = newState(seed);
  if (!existsSync(file)) return state;
  const bytes = readFileSync(file);
  let at = 4 + bytes.readUInt32LE(0);
  const { progress, names } = JSON.parse(bytes.toString('utf8', 4, at));
  const saved = new Map();
  for (const { name, data } of state.optimizer.state().tensors) {
    if (names.shift() !== name) throw new Error(`${file} is of another model shape; delete it to begin anew.`);
    const copy = new Float32Array(data.length);
    Buffer.from(copy.buffer).set(bytes.subarray(at, at + data.byteLength));
    saved.set(name, copy);
    at += data.byteLength;
  }
  const steps = Object.fromEntries(state.optimizer.parameterNames.map((name) => [name, progress.step]));
  state.optimizer.restore(steps, (name) => saved.get(name));
  state.progress = progress;
  return state;
}

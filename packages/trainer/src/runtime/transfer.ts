// Copies tensors to a GPU's memory and back.
import { Graph } from '../graph/graph.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { DeviceTensor } from './device-tensor.js';
import { Executable, type Feeds } from './session.js';

/** Most bytes that travel at once: they are staged on the way. */
const shipment = 2 ** 28;

/**
 * Copies to the GPU.
 * @param read a tensor's numbers, asked for just before they travel
 */
export async function toDevice(
  shapes: ReadonlyMap<string, Shape>,
  read: (name: string) => Float32Array,
): Promise<Map<string, DeviceTensor>> {
  const arrived = new Map<string, DeviceTensor>();
  for (const names of shipments(shapes)) {
    const feeds = Object.fromEntries(names.map((name) => [name, read(name)]));
    const { kept } = await passThrough(names, shapes, true, feeds);
    for (const name of names) arrived.set(name, kept.get(copyOf(name))!);
  }
  return arrived;
}

/** Copies from the GPU. */
export async function toHost(tensors: ReadonlyMap<string, DeviceTensor>): Promise<Map<string, Float32Array>> {
  const arrived = new Map<string, Float32Array>();
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  for (const names of shipments(shapes)) {
    const { results } = await passThrough(names, shapes, false, Object.fromEntries(tensors));
    for (const name of names) arrived.set(name, results[copyOf(name)]!);
  }
  return arrived;
}

const copyOf = (name: string) => `copy.${name}`;

/** Runs a graph that changes nothing: what it is fed comes out in the other memory. */
async function passThrough(names: readonly string[], shapes: ReadonlyMap<string, Shape>, keeps: boolean, feeds: Feeds) {
  const graph = new Graph();
  for (const name of names) graph.output(copyOf(name), graph.input(name, 'float32', shapes.get(name)!));
  const executable = await Executable.compile(graph, { device: 'webgpu', keeps: () => keeps });
  try {
    return await executable.runKeeping(feeds);
  } finally {
    await executable.release();
  }
}

function shipments(shapes: ReadonlyMap<string, Shape>): string[][] {
  const parts: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [name, shape] of shapes) {
    bytes += 4 * sizeOf(shape);
    if (bytes > shipment) {
      parts.push([]);
      bytes = 4 * sizeOf(shape);
    }
    parts.at(-1)!.push(name);
  }
  return parts;
}

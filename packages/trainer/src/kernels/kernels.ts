// The WebAssembly kernels bound to one memory, and the memory's bump allocator.

import { kernelsBase64 } from './kernels.wasm.js';
import { type WasmMemory, webAssembly } from './webassembly.js';

/** What kernels.wat exports; addresses in bytes, counts in elements. */
export interface Kernels {
  adamw(
    parameter: number,
    gradient: number,
    firstMoment: number,
    secondMoment: number,
    count: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    weightDecay: number,
    biasCorrection1: number,
    biasCorrection2: number,
    gradientScale: number,
  ): void;
  sgd(
    parameter: number,
    gradient: number,
    momentum: number,
    count: number,
    learningRate: number,
    decay: number,
    ofGradient: number,
    ofMomentum: number,
    weightDecay: number,
    gradientScale: number,
  ): void;
  lion(
    parameter: number,
    gradient: number,
    momentum: number,
    count: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    weightDecay: number,
    gradientScale: number,
  ): void;
  sumOfSquares(x: number, count: number): number;
  addSquares(y: number, x: number, count: number): void;
  multiply(x: number, y: number, count: number): void;
  dequantize(x: number, bytes: number, count: number, map: number, scales: number): void;
  quantize(x: number, bytes: number, count: number, bounds: number, first: number, scales: number): void;
  addScaled(y: number, x: number, count: number, a: number): void;
  scale(x: number, count: number, a: number): void;
  dropoutMask(
    out: number,
    count: number,
    key0: number,
    key1: number,
    counter1: number,
    counter2: number,
    counter3: number,
    threshold: number,
  ): void;
}

const pageBytes = 65_536;
const alignment = 64;
let compiled: object | undefined;

/**
 * One WebAssembly memory with the kernels bound to it. It never grows (growing would detach every view and every tensor
 * over it); pages that are not written take no physical memory.
 */
export class KernelMemory {
  readonly kernels: Kernels;
  readonly capacity: number;
  private readonly memory: WasmMemory;
  private used = 0;

  /** @param bytes at least this many can be allocated, in pieces of multiples of 64 bytes */
  constructor(bytes: number) {
    const pages = Math.max(1, Math.ceil(bytes / pageBytes));
    this.capacity = pages * pageBytes;
    this.memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new webAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
    this.kernels = new webAssembly.Instance(compiled, { env: { memory: this.memory } }).exports as Kernels;
  }

  get free(): number {
    return this.capacity - this.used;
  }

  /** Zeroed float32 numbers at an address that is a multiple of 64. @throws RangeError where the memory is full */
  floats(count: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.take(4 * count), count);
  }

  /** Zeroed bytes at an address that is a multiple of 64. @throws RangeError where the memory is full */
  bytes(count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.take(count), count);
  }

  private take(bytes: number): number {
    const rounded = alignedBytes(bytes);
    if (rounded > this.free) {
      throw new RangeError(`A kernel memory of ${this.capacity} bytes has ${this.free} left; ${bytes} were asked for.`);
    }
    const address = this.used;
    this.used += rounded;
    return address;
  }
}

/** What `bytes` take of a memory: the next multiple of 64. */
export function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

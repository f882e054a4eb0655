// Where trainable parameters live: WebAssembly memory that the kernels update and the runtime's tensors view.

import { alignedBytes, KernelMemory } from './kernels.js';

/** Elements of the staging area: 64 KB, which stays in the first-level caches. */
export const stagingCount = 16_384;

/** One parameter with what its optimizer needs, all in the same memory; four arrays of the same length. */
export interface ParameterSlot {
  memory: KernelMemory;
  parameter: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  /** For gradients accumulated over micro-batches; takes physical memory only once written. */
  gradient: Float32Array;
  /** `stagingCount` elements shared by all slots of this memory: how data from outside reaches the kernels. */
  staging: Float32Array;
}

const arraysPerParameter = 4;
// WebAssembly addresses end at 4 GB.
const defaultBlockBytes = 3.5 * 2 ** 30;

interface Block {
  memory: KernelMemory;
  staging: Float32Array;
}

/**
 * Parameters in one WebAssembly memory, or in several where they pass 3.5 GB. Each memory has its size from the start,
 * so views (and tensors over them) stay valid for good. A parameter that comes later than announced opens a new memory.
 */
export class ParameterMemory {
  private readonly blocks: Block[] = [];
  private readonly slots = new WeakMap<Float32Array, ParameterSlot>();
  private announced: number[];

  /**
   * @param sizes element counts of the parameters to come, in the order of their allocation
   * @param blockBytes most bytes of one memory
   */
  constructor(
    sizes: readonly number[] = [],
    private readonly blockBytes = defaultBlockBytes,
  ) {
    this.announced = [...sizes];
  }

  /** A zeroed parameter, with room for its moments and gradient. @throws RangeError where it fits no memory */
  allocate(count: number): Float32Array {
    const { memory, staging } = this.blockFor(count);
    const slot: ParameterSlot = {
      memory,
      staging,
      parameter: memory.floats(count),
      firstMoment: memory.floats(count),
      secondMoment: memory.floats(count),
      gradient: memory.floats(count),
    };
    this.slots.set(slot.parameter, slot);
    this.announced.shift();
    return slot.parameter;
  }

  /** What belongs to a parameter returned by `allocate` (the very array, no subarray of it). */
  slotOf(parameter: Float32Array): ParameterSlot | undefined {
    return this.slots.get(parameter);
  }

  private blockFor(count: number): Block {
    const needed = slotBytes(count);
    const last = this.blocks.at(-1);
    if (last && last.memory.free >= needed) return last;
    const block = this.openBlock(count);
    this.blocks.push(block);
    return block;
  }

  /** A memory for this parameter and as many of the announced ones after it as fit. */
  private openBlock(count: number): Block {
    const stagingBytes = 4 * stagingCount;
    let bytes = stagingBytes + slotBytes(count);
    if (bytes > this.blockBytes) {
      throw new RangeError(
        `A parameter of ${count} elements needs ${bytes} bytes with its moments and gradient; ` +
          `one memory holds ${this.blockBytes}. Freeze it, or train an adapter instead.`,
      );
    }
    for (const next of this.announced.slice(1)) {
      if (bytes + slotBytes(next) > this.blockBytes) break;
      bytes += slotBytes(next);
    }
    const memory = new KernelMemory(bytes);
    return { memory, staging: memory.floats(stagingCount) };
  }
}

function slotBytes(count: number): number {
  return arraysPerParameter * alignedBytes(4 * count);
}

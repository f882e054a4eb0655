// Where trainable parameters live: WebAssembly memory that the kernels update and the runtime's tensors view.

import { alignedBytes, KernelMemory } from './kernels.js';

/** Elements of the staging area: 64 KB, which stays in the first-level caches. */
export const stagingCount = 16_384;

/** What a parameter needs: its own elements, and those of each array that its optimizer remembers, by name. */
export interface ParameterRoom {
  count: number;
  state?: Readonly<Record<string, number>>;
}

/** One parameter with what its optimizer needs, all in the same memory. */
export interface ParameterSlot {
  memory: KernelMemory;
  parameter: Float32Array;
  state: ReadonlyMap<string, Float32Array>;
  /** As long as the parameter, for gradients accumulated over micro-batches; takes physical memory only once written. */
  gradient: Float32Array;
  /** `stagingCount` elements shared by all slots of this memory: how data from outside reaches the kernels. */
  staging: Float32Array;
  /** As many again, for what an optimizer needs while it updates a parameter. */
  scratch: Float32Array;
}

// WebAssembly addresses end at 4 GB.
const defaultBlockBytes = 3.5 * 2 ** 30;

type Block = Pick<ParameterSlot, 'memory' | 'staging' | 'scratch'>;

/**
 * Parameters in one WebAssembly memory, or in several where they pass 3.5 GB. Each memory has its size from the start,
 * so views (and tensors over them) stay valid for good. A parameter that comes later than announced opens a new memory.
 */
export class ParameterMemory {
  private readonly blocks: Block[] = [];
  private readonly slots = new WeakMap<Float32Array, ParameterSlot>();
  private announced: number[];

  /**
   * @param rooms the parameters to come, in the order of their allocation
   * @param blockBytes most bytes of one memory
   */
  constructor(
    rooms: readonly ParameterRoom[] = [],
    private readonly blockBytes = defaultBlockBytes,
  ) {
    this.announced = rooms.map(slotBytes);
  }

  /** A zeroed parameter, with room for its state and gradient. @throws RangeError where it fits no memory */
  allocate(room: ParameterRoom): Float32Array {
    const block = this.blockFor(room);
    const { memory } = block;
    const slot: ParameterSlot = {
      ...block,
      parameter: memory.floats(room.count),
      state: new Map(Object.entries(room.state ?? {}).map(([name, count]) => [name, memory.floats(count)])),
      gradient: memory.floats(room.count),
    };
    this.slots.set(slot.parameter, slot);
    this.announced.shift();
    return slot.parameter;
  }

  /** What belongs to a parameter returned by `allocate` (the very array, no subarray of it). */
  slotOf(parameter: Float32Array): ParameterSlot | undefined {
    return this.slots.get(parameter);
  }

  private blockFor(room: ParameterRoom): Block {
    const last = this.blocks.at(-1);
    if (last && last.memory.free >= slotBytes(room)) return last;
    const block = this.openBlock(room);
    this.blocks.push(block);
    return block;
  }

  /** A memory for this parameter and as many of the announced ones after it as fit. */
  private openBlock(room: ParameterRoom): Block {
    let bytes = 2 * 4 * stagingCount + slotBytes(room);
    if (bytes > this.blockBytes) {
      throw new RangeError(
        `A parameter of ${room.count} elements needs ${bytes} bytes with its gradient and optimizer state; ` +
          `one memory holds ${this.blockBytes}. Freeze it, or train an adapter instead.`,
      );
    }
    for (const next of this.announced.slice(1)) {
      if (bytes + next > this.blockBytes) break;
      bytes += next;
    }
    const memory = new KernelMemory(bytes);
    return { memory, staging: memory.floats(stagingCount), scratch: memory.floats(stagingCount) };
  }
}

function slotBytes({ count, state = {} }: ParameterRoom): number {
  return [count, count, ...Object.values(state)].reduce((sum, each) => sum + alignedBytes(4 * each), 0);
}

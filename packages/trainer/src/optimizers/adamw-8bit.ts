// AdamW whose moments are kept in 8 bits, with a scale for every 256: two bytes a parameter in place of eight.

import type { KernelMemory } from '../kernels/kernels.js';
import type { ParameterSlot } from '../kernels/memory.js';
import { sizeOf } from '../tensor/shape.js';
import { AdamW, type AdamWSettings } from './adamw.js';
import { dynamicMap, type MapAddresses, mapElements, writeMap } from './dynamic-map.js';
import { forEachPiece } from './gradient.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

/** Elements that share a scale, the largest absolute value of them. */
const blockCount = 256;
/** Elements that are float32 at a time, in the scratch area behind the maps. */
const openCount = 4096;
/** Smaller tensors are not worth it. */
const leastElements = 4096;

/** The map of a moment, and where its elements are float32 while they are updated. */
interface Moment {
  map: MapAddresses;
  open: number;
}

/**
 * Dettmers et al., 2110.02861: moments are brought to float32, updated as AdamW does, and rounded to the nearest entry of the
 * dynamic map. As there, embeddings (and all that is no matrix within a layer) keep moments of 32 bits.
 */
export class AdamW8bit implements UpdateRule {
  private readonly adamw: AdamW;
  private readonly maps = [dynamicMap(true), dynamicMap(false)];
  private readonly moments = new WeakMap<KernelMemory, Moment[]>();

  constructor(private readonly settings: AdamWSettings) {
    this.adamw = new AdamW(settings);
  }

  stateOf(kind: ParameterKind): Record<string, number> {
    const count = sizeOf(kind.shape);
    if (!isIn8bits(kind)) return this.adamw.stateOf(kind);
    const [bytes, scales] = [Math.ceil(count / 4), Math.ceil(count / blockCount)];
    return { first_moment: bytes, first_scale: scales, second_moment: bytes, second_scale: scales };
  }

  update(update: ParameterUpdate): void {
    if (isIn8bits(update)) this.updateIn8bits(update);
    else this.adamw.update(update);
  }

  private updateIn8bits(update: ParameterUpdate): void {
    const { slot, gradient } = update;
    const { kernels } = slot.memory;
    const [first, second] = this.momentsIn(slot) as [Moment, Moment];
    const stored = (['first', 'second'] as const).map((name) => placeOf(slot, name));
    forEachPiece(slot, gradient, (address, start, count) => {
      for (let i = 0; i < count; i += openCount) {
        const [at, size] = [start + i, Math.min(openCount, count - i)];
        for (const [k, { map, open }] of [first, second].entries()) {
          kernels.dequantize(open, stored[k]!.bytes + at, size, map.map, stored[k]!.scales + scaleOffset(at));
        }
        this.step(update, [first, second], at, address + 4 * i, size);
        for (const [k, { map, open }] of [first, second].entries()) {
          const scales = stored[k]!.scales + scaleOffset(at);
          kernels.quantize(open, stored[k]!.bytes + at, size, map.bounds, map.first, scales);
        }
      }
    });
  }

  private step(
    { slot, learningRate, weightDecay, step, gradientScale }: ParameterUpdate,
    [first, second]: readonly [Moment, Moment],
    at: number,
    gradient: number,
    count: number,
  ): void {
    const { beta1, beta2, epsilon } = this.settings;
    const parameter = slot.parameter.byteOffset + 4 * at;
    const corrections = [1 - beta1 ** step, 1 - beta2 ** step] as const;
    slot.memory.kernels.adamw(
      ...([parameter, gradient, first.open, second.open, count, learningRate] as const),
      ...([beta1, beta2, epsilon, weightDecay, ...corrections, gradientScale] as const),
    );
  }

  /** The maps lie at the start of the scratch area. */
  private momentsIn({ memory, scratch }: ParameterSlot): Moment[] {
    const known = this.moments.get(memory);
    if (known) return known;
    const made = this.maps.map((map, i) => ({
      map: writeMap(map, scratch.subarray(i * mapElements, (i + 1) * mapElements)),
      open: scratch.byteOffset + 4 * (this.maps.length * mapElements + i * openCount),
    }));
    this.moments.set(memory, made);
    return made;
  }
}

const isIn8bits = ({ shape, hiddenMatrix }: ParameterKind) => hiddenMatrix && sizeOf(shape) >= leastElements;

/** Bytes from the first scale to that of an element. */
const scaleOffset = (element: number) => 4 * (element / blockCount);

const placeOf = ({ state }: ParameterSlot, name: 'first' | 'second') => ({
  bytes: state.get(`${name}_moment`)!.byteOffset,
  scales: state.get(`${name}_scale`)!.byteOffset,
});

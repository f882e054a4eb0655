// The 256 numbers that 8-bit optimizer state is made of, and the tables that find the nearest one.

/** Exponents, powers of ten; each next one has half of the places. */
const exponents = 7;

/**
 * Dynamic tree quantisation (Dettmers, 1511.04561) as in 8-bit optimizers (2110.02861): in each power of ten from 1 to 1e-6 the
 * middles of equal parts of [0.1, 1], 64 in the highest (128 without a sign), half as many in each next; and 0 and 1. Rising.
 */
export function dynamicMap(signed: boolean): Float32Array {
  const entries = [0, 1];
  for (let i = 0; i < exponents; i++) {
    const parts = 2 ** (signed ? i : i + 1);
    const scale = 10 ** (i + 1 - exponents);
    for (let part = 0; part < parts; part++) {
      const middle = scale * (0.1 + (0.9 * (part + 0.5)) / parts);
      entries.push(middle, ...(signed ? [-middle] : []));
    }
  }
  return Float32Array.from(entries).sort();
}

/** A map with its tables in a kernel memory; the kernels' `dequantize` and `quantize` say what they hold. */
export interface MapAddresses {
  map: number;
  bounds: number;
  first: number;
}

const entryCount = 256;
/** Powers of two from 2⁻³¹ to 1, and parts of each in which at most one entry ends. */
const [powers, parts] = [32, 128];
const partsOfSign = powers * parts;
/** Float32 elements of a map with its tables. */
export const mapElements = 2 * entryCount + (2 * partsOfSign) / 4;

/** @param place `mapElements` elements of the memory */
export function writeMap(map: Float32Array, place: Float32Array): MapAddresses {
  const bounds = map.map((entry, i) => (i < entryCount - 1 ? (entry + map[i + 1]!) / 2 : Number.POSITIVE_INFINITY));
  place.set(map);
  place.set(bounds, entryCount);
  const first = new Uint8Array(place.buffer, place.byteOffset + 8 * entryCount, 2 * partsOfSign);
  for (let part = 0; part < partsOfSign; part++) {
    first[part] = entryOf(part === 0 ? 0 : startOf(part), bounds);
    first[partsOfSign + part] = entryOf(-startOf(part + 1), bounds);
  }
  return { map: place.byteOffset, bounds: place.byteOffset + 4 * entryCount, first: first.byteOffset };
}

const startOf = (part: number): number => 2 ** (Math.floor(part / parts) - 31) * (1 + (part % parts) / parts);
const entryOf = (value: number, bounds: Float32Array): number => bounds.findIndex((bound) => value <= bound);

// 16-bit floats: BF16 (upper half of a float32) and F16 (IEEE 754 binary16), to and from float32.

/** BF16 bit patterns → float32, exact. */
export function bfloat16ToFloat32(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** F16 bit patterns → float32, exact. */
export function float16ToFloat32(source: Uint16Array): Float32Array {
  const table = (float16Table ??= makeFloat16Table());
  const result = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = table[source[i]!]!;
  return result;
}

/** One F16 bit pattern as a number, exact. */
export function float16Value(bits: number): number {
  float16Table ??= makeFloat16Table();
  return float16Table[bits]!;
}

/** float32 → BF16 bit patterns, to nearest, ties to even; NaN stays NaN. */
export function float32ToBfloat16(source: Float32Array): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    const notANumber = (b & 0x7fffffff) > 0x7f800000;
    result[i] = notANumber ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return result;
}

/** float32 → F16 bit patterns, to nearest, ties to even; beyond ±65,504 (rounded) it is infinite; NaN stays NaN. */
export function float32ToFloat16(source: Float32Array): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    result[i] = ((bits[i]! >>> 16) & 0x8000) | float16Magnitude(magnitude, Math.abs(source[i]!));
  }
  return result;
}

const smallestNormal = 0x38800000; // 2⁻¹⁴
const roundsToInfinity = 0x477ff000; // 65,520
const infinity = 0x7f800000;

function float16Magnitude(bits: number, value: number): number {
  if (bits > infinity) return 0x7e00;
  if (bits >= roundsToInfinity) return 0x7c00;
  if (bits < smallestNormal) return roundHalfToEven(value * 2 ** 24);
  const rebiased = bits - (112 << 23);
  return (rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13;
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest === 0.5) return floor + (floor & 1);
  return rest > 0.5 ? floor + 1 : floor;
}

let float16Table: Float32Array | undefined;

function makeFloat16Table(): Float32Array {
  const table = new Float32Array(0x10000);
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent < 31) table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    else table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return table;
}

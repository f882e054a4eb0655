// The order of the rows of query and key projections: GGUF lays the two rows of a rotation side by side.

/** Rows [heads · width, …] from GGUF's order, where row 2j + p of a head is row p · width/2 + j at Hugging Face. */
export function fromInterleaved(values: Float32Array, heads: number, rows: number): Float32Array {
  return permute(values, heads, rows, (result, source, interleaved, halves) => {
    result.set(source(interleaved), halves);
  });
}

/** The reverse of `fromInterleaved`. */
export function toInterleaved(values: Float32Array, heads: number, rows: number): Float32Array {
  return permute(values, heads, rows, (result, source, interleaved, halves) => {
    result.set(source(halves), interleaved);
  });
}

type Move = (result: Float32Array, source: (at: number) => Float32Array, interleaved: number, halves: number) => void;

function permute(values: Float32Array, heads: number, rows: number, move: Move): Float32Array {
  const length = values.length / rows;
  const width = rows / heads;
  const result = new Float32Array(values.length);
  const source = (at: number) => values.subarray(at, at + length);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < width; i++) {
      const halves = (head * width + (i % 2) * (width / 2) + (i >> 1)) * length;
      move(result, source, (head * width + i) * length, halves);
    }
  }
  return result;
}

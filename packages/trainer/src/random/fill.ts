// Fills float32 tensors with uniform or normal numbers.

import { fillWords, type RandomKey } from './philox.js';

const chunk = 4096;

/** Uniform in [low, high): each number comes from the upper 24 bits of one word. */
export function fillUniform(out: Float32Array, key: RandomKey, low = 0, high = 1): void {
  forEachChunk(out.length, key, (words, start) => {
    for (let i = 0; i < words.length; i++) out[start + i] = low + (high - low) * ((words[i]! >>> 8) * 2 ** -24);
  });
}

/**
 * Normal with the given mean and standard deviation (Box–Muller, two numbers from two words, float64 inside).
 * The tails end at ±6.66 deviations, the most that a 32-bit word can express.
 */
export function fillNormal(out: Float32Array, key: RandomKey, deviation = 1, mean = 0): void {
  forEachChunk(out.length + (out.length & 1), key, (words, start) => {
    for (let i = 0; i < words.length; i += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log((words[i]! + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * words[i + 1]! * 2 ** -32;
      out[start + i] = mean + radius * Math.cos(angle);
      // Beyond the end of an odd-sized tensor the write is dropped.
      out[start + i + 1] = mean + radius * Math.sin(angle);
    }
  });
}

function forEachChunk(count: number, key: RandomKey, use: (words: Uint32Array, start: number) => void): void {
  const buffer = new Uint32Array(Math.min(chunk, count));
  for (let start = 0; start < count; start += chunk) {
    const words = buffer.subarray(0, Math.min(chunk, count - start));
    fillWords(words, key, start / 4);
    use(words, start);
  }
}

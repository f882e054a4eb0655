// A small run on a tiny random Llama, for tests of the training loop.
import { fileURLToPath } from 'node:url';
import type { TokenizedExample } from '../src/data/example.js';
import { defaultSettings, type TrainingSettings } from '../src/settings.js';

export const tinyModel = fileURLToPath(new URL('../../../goldens/llama/tied', import.meta.url));

/** Examples that can be learnt: the completion repeats the prompt's first token. */
export function tinyExamples(count: number, offset = 0): TokenizedExample[] {
  return Array.from({ length: count }, (_, i) => {
    const first = 3 + ((i * 7 + offset) % 40);
    const filler = Array.from({ length: 2 + (i % 5) }, (_, j) => 3 + ((i * 11 + j * 5 + offset) % 40));
    const ids = [first, ...filler, first, 2];
    return {
      ids: Int32Array.from(ids),
      supervised: Uint8Array.from(ids, (_, place) => (place >= ids.length - 2 ? 1 : 0)),
      supervisedBytes: 2,
      truncatedTokens: 0,
    };
  });
}

export const tinySettings: TrainingSettings = {
  ...defaultSettings,
  learningRate: 1e-2,
  batchSize: 8,
  epochs: 3,
  evaluationsPerEpoch: 2,
  patience: 0,
};

// Mistral: Llama with a window on every layer, or on none.
import type { Family } from './architecture.js';
import { optional, readFields, size } from './config.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';

const fields = { sliding_window: optional(size(2 ** 27)) };

/** Missing values take the defaults of Transformers' MistralConfig; a window of null means none. */
export const mistral: Family = {
  models: 'Mistral 7B and its kin',
  modelType: 'mistral',
  architectures: ['MistralForCausalLM'],
  read(raw, file) {
    const config = readDecoder(raw, file, 'mistral', { kvHeads: 8, maxPositions: 4096 * 32, bos: 1, eos: 2 });
    const { sliding_window: given } = readFields(fields, raw, file);
    const before = given ?? (raw.sliding_window === null ? undefined : 4096);
    const window = before === undefined ? undefined : { before };
    return {
      ...preNormDecoder(config, () => ({ window })),
      className: 'MistralForCausalLM',
      written: { ...decoderJson(config), sliding_window: before ?? null },
    };
  },
};

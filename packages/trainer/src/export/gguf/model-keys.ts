// What a GGUF file says of a model's sizes and positions.
import { SettingsError } from '../../errors.js';
import type { Architecture } from '../../models/architecture.js';
import type { RawConfig } from '../../models/config.js';
import { type Rope, ropeInverseFrequencies } from '../../modules/rope.js';
import type { GgufFamily } from '../../weights/gguf/families.js';
import type { GgufKeyWriter } from './write-gguf.js';

/** Values of a configuration that only some families have. */
interface DecoderValues {
  rmsNormEps?: number;
  rope?: Rope;
  attentionBias?: boolean;
}

/**
 * Longest text in tokens. Where llama.cpp would see beyond the model's windows it ends with the window, within which there is no
 * difference.
 */
export function contextLength({ config, written }: Architecture, { ignoresWindows }: GgufFamily): number {
  const window = windowOf({ ...config.raw, ...written });
  return ignoresWindows && window !== undefined ? Math.min(config.maxPositions, window) : config.maxPositions;
}

/** The window of those layers that have one; undefined where all see everything. */
function windowOf({ use_sliding_window: uses, sliding_window: window, layer_types: types }: RawConfig) {
  const slides = uses !== false && (!Array.isArray(types) || types.includes('sliding_attention'));
  return slides && typeof window === 'number' ? window : undefined;
}

/** @throws SettingsError where the model stretches its positions in a way that GGUF has no keys for */
export function addModelKeys(keys: GgufKeyWriter, family: GgufFamily, architecture: Architecture): void {
  const { config, written } = architecture;
  const { rmsNormEps, rope } = config as DecoderValues;
  const json = { ...config.raw, ...written };
  const key = (name: string) => `${family.architecture}.${name}`;
  const optionalCount = (name: string, value: unknown) => typeof value === 'number' && keys.uint32(key(name), value);
  const optionalFloat = (name: string, value: unknown) => typeof value === 'number' && keys.float32(key(name), value);
  keys.uint32(key('vocab_size'), config.vocabSize);
  keys.uint32(key('block_count'), config.layers);
  keys.uint32(key('context_length'), contextLength(architecture, family));
  keys.uint32(key('embedding_length'), config.hiddenSize);
  keys.uint32(key('feed_forward_length'), config.intermediateSize);
  keys.uint32(key('attention.head_count'), config.heads);
  keys.uint32(key('attention.head_count_kv'), config.kvHeads);
  keys.uint32(key('attention.key_length'), config.headDim);
  keys.uint32(key('attention.value_length'), config.headDim);
  optionalFloat('attention.layer_norm_rms_epsilon', rmsNormEps);
  if (!family.ignoresWindows) optionalCount('attention.sliding_window', windowOf(json));
  optionalFloat('attn_logit_softcapping', json.attn_logit_softcapping);
  optionalFloat('final_logit_softcapping', json.final_logit_softcapping);
  if (rope) addRopeKeys(keys, key, rope);
}

function addRopeKeys(keys: GgufKeyWriter, key: (name: string) => string, { config, dimensions }: Rope): void {
  keys.uint32(key('rope.dimension_count'), dimensions);
  keys.float32(key('rope.freq_base'), config.theta);
  if (config.type === 'linear') {
    keys.text(key('rope.scaling.type'), 'linear');
    keys.float32(key('rope.scaling.factor'), config.factor);
  }
  if (config.type === 'longrope') {
    throw new SettingsError(
      'Models with longrope positions cannot be written as GGUF here. Export safetensors, and convert with llama.cpp.',
    );
  }
}

/** What the frequencies are divided by, for Llama 3's way of stretching: the tensor `rope_freqs.weight`; undefined else. */
export function ropeDivisors({ config }: Architecture): Float32Array | undefined {
  const { rope } = config as DecoderValues;
  if (rope?.config.type !== 'llama3') return undefined;
  const plain = ropeInverseFrequencies({ ...rope, config: { type: 'default', theta: rope.config.theta } }, 0);
  const stretched = ropeInverseFrequencies(rope, 0);
  return Float32Array.from(plain, (frequency, i) => frequency / stretched[i]!);
}

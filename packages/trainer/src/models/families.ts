// The families of models that the engine knows, and which of them a config.json belongs to.
import { ModelFormatError } from '../errors.js';
import type { Architecture, Family } from './architecture.js';
import { bert } from './bert.js';
import { type RawConfig, refuse, show } from './config.js';
import { distilbert } from './distilbert.js';
import { gemma2 } from './gemma2.js';
import { gemma3 } from './gemma3.js';
import { gptNeox } from './gpt-neox.js';
import { gpt2 } from './gpt2.js';
import { llama } from './llama.js';
import { mistral } from './mistral.js';
import { modernbert } from './modernbert.js';
import { olmo2 } from './olmo2.js';
import { phi3 } from './phi3.js';
import { qwen2 } from './qwen2.js';
import { qwen3 } from './qwen3.js';
import { smollm3 } from './smollm3.js';

const encoders: readonly Family[] = [bert, distilbert, modernbert];

export const families: readonly Family[] = [
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma2,
  gemma3,
  phi3,
  smollm3,
  olmo2,
  gpt2,
  gptNeox,
  ...encoders,
];

export const supportedModelTypes: readonly string[] = families.map(({ modelType }) => modelType);

/** Those that classify texts and write none. */
export const encoderModelTypes: readonly string[] = encoders.map(({ modelType }) => modelType);

/**
 * @param json the parsed content of config.json
 * @param file named in errors
 * @param labels classes to tell apart, for encoders; default: those the checkpoint was trained for
 * @throws ModelFormatError where the family is not supported, or a value is missing, impossible or absurd
 */
export function readArchitecture(json: unknown, file = 'config.json', labels?: readonly string[]): Architecture {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refuse(file, 'it is not a JSON object');
  const raw = json as RawConfig;
  const family = familyOf(raw, file);
  if (raw.quantization_config) {
    throw refuse(file, 'the weights are quantised (quantization_config). Choose the unquantised model');
  }
  return family.read(raw, file, labels);
}

/** By `model_type`; where that is missing, by the class in `architectures`. */
function familyOf(raw: RawConfig, file: string): Family {
  const classes = Array.isArray(raw.architectures) ? raw.architectures : [];
  const found =
    raw.model_type === undefined
      ? families.find(({ architectures }) => architectures.some((name) => classes.includes(name)))
      : families.find(({ modelType }) => modelType === raw.model_type);
  if (found) return found;
  const known = families.map(({ modelType, models }) => `${modelType} (${models})`).join(', ');
  throw new ModelFormatError(
    `${file} says model_type ${show(raw.model_type)}; supported: ${known}. Choose a model of one of these families.`,
  );
}

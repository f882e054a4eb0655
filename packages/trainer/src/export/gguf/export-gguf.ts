// Writes a model as a GGUF file, for llama.cpp, Ollama, LM Studio and others, with a Modelfile and a model card.
import { join } from 'node:path';
import { SettingsError } from '../../errors.js';
import type { Model } from '../../models/model.js';
import { openTokenizer } from '../../models/model-source.js';
import {
  type GgufFamily,
  ggufFamilies,
  ggufName,
  interleavedHeads,
  isShiftedNorm,
} from '../../weights/gguf/families.js';
import { toInterleaved } from '../../weights/gguf/interleave.js';
import { type GgufDtype, ggufTypes } from '../../weights/gguf/quantize.js';
import { writeFiles, writeFolderAtomically } from '../atomic-folder.js';
import { withLicence } from '../base-licence.js';
import { licenceFiles } from '../companion-files.js';
import { mergedTensor } from '../merge.js';
import { type CardData, modelCard } from '../model-card.js';
import { addModelKeys, contextLength, ropeDivisors } from './model-keys.js';
import { modelfile } from './modelfile.js';
import { addTokenizerKeys } from './tokenizer-keys.js';
import { GgufKeyWriter, type GgufTensorToWrite, writeGguf } from './write-gguf.js';

/** How matrices are stored; norms and biases always as F32. */
export type GgufQuantization = Exclude<GgufDtype, 'F32'>;

export interface GgufExportOptions {
  card: CardData;
  /** Default F16. */
  quantization?: GgufQuantization;
  /** How the model expects its prompts: `chat` by the model's chat template, `plain` as they are. */
  template: 'plain' | 'chat';
}

/** Numbers that llama.cpp has for what most tensors are stored as. */
const fileTypes: Record<GgufQuantization, number> = { F16: 1, Q8_0: 7 };

/**
 * Writes the folder, whole or not at all, with adapters merged in. @returns the name of the GGUF file in it
 * @throws SettingsError where GGUF has no form for the model, TextError for its tokenizer, OutputError
 */
export async function exportGguf(
  model: Model,
  directory: string,
  { quantization = 'F16', template, ...options }: GgufExportOptions,
): Promise<string> {
  const { base } = model;
  const card = withLicence(options.card, base);
  const family = familyOf(model);
  const keys = keysOf(model, family, card, quantization);
  const file = `model-${quantization}.gguf`;
  const licences = licenceFiles(base.directory);
  const files = new Map<string, string | Uint8Array>([
    ...licences,
    ['README.md', modelCard(card, 'gguf')],
    [
      'Modelfile',
      modelfile({
        file,
        chatTemplate: template === 'chat' ? base.tokenizer.chatTemplate : undefined,
        stops: base.config.eosTokenIds.map((id) => base.tokenizer.decode([id], { skipSpecialTokens: false })),
        contextLength: contextLength(base.architecture, family),
        license: [...licences.values()].map((bytes) => Buffer.from(bytes).toString('utf8'))[0],
      }),
    ],
  ]);
  await writeFolderAtomically(directory, async (folder) => {
    await writeFiles(folder, files);
    await writeGguf(join(folder, file), keys, tensorsOf(model, family, quantization));
  });
  return file;
}

function familyOf({ base: { config } }: Model): GgufFamily {
  const writable = ggufFamilies.filter(({ readOnly }) => !readOnly);
  const family = writable.find(({ modelType }) => modelType === config.modelType);
  if (family) return family;
  const known = writable.map(({ modelType }) => modelType).join(', ');
  throw new SettingsError(
    `Models of the family ${config.modelType} cannot be written as GGUF here; these can: ${known}. Export safetensors, and convert with llama.cpp.`,
  );
}

function keysOf({ base }: Model, family: GgufFamily, card: CardData, quantization: GgufQuantization): GgufKeyWriter {
  const keys = new GgufKeyWriter();
  keys.text('general.architecture', family.architecture);
  keys.text('general.type', 'model');
  keys.text('general.name', card.name);
  if (card.license !== undefined) keys.text('general.license', card.license);
  keys.uint32('general.quantization_version', 2);
  keys.uint32('general.file_type', fileTypes[quantization]);
  addModelKeys(keys, family, base.architecture);
  const tokenizer = openTokenizer(base.directory);
  if (!tokenizer) throw new SettingsError(`${base.directory} has no tokenizer, and a GGUF file needs one.`);
  addTokenizerKeys(keys, tokenizer, base.config.vocabSize, base.config);
  return keys;
}

export function tensorsOf(model: Model, family: GgufFamily, quantization: GgufQuantization): GgufTensorToWrite[] {
  const { base } = model;
  const divisors = ropeDivisors(base.architecture);
  const stored = [...base.shapes].flatMap(([name, shape]): GgufTensorToWrite[] => {
    const theirs = ggufName(family, name);
    if (theirs === undefined)
      throw new SettingsError(`The tensor ${name} has no place in a GGUF file of ${family.architecture}.`);
    const dtype = shape.length < 2 ? 'F32' : ggufTypes[quantization].fits(shape.at(-1)!) ? quantization : 'F16';
    return [{ name: theirs, shape, dtype, values: () => arranged(model, family, name) }];
  });
  const rope: GgufTensorToWrite[] = divisors
    ? [{ name: 'rope_freqs.weight', shape: [divisors.length], dtype: 'F32', values: () => divisors }]
    : [];
  return [...rope, ...stored];
}

/** A tensor's values in GGUF's order. */
function arranged(model: Model, family: GgufFamily, name: string): Float32Array {
  const values = mergedTensor(model, name);
  if (isShiftedNorm(family, name)) return values.map((value) => value + 1);
  const heads = interleavedHeads(family, name, model.base.config);
  return heads === undefined ? values : toInterleaved(values, heads, model.base.shapes.get(name)![0]!);
}

// Opens what training left: a merged directory, or a PEFT adapter with its base model.
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { nameInLayer, weightOfAdapter } from '../adapters/names.js';
import { ModelFormatError } from '../errors.js';
import { labelsFile } from '../export/peft-adapter.js';
import type { LoraTarget } from '../settings.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { BaseModel, type LoadOptions } from './base-model.js';
import type { Model, WeightTensor } from './model.js';
import { isGgufFile } from './model-source.js';

const adapterConfigSchema = z.object({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string().min(1),
  r: z.number().int().min(1),
  lora_alpha: z.number().positive(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  target_modules: z.union([z.array(z.string()), z.string()]),
});

/**
 * @param directory a Hugging Face directory, a GGUF file, or a directory with adapter_config.json
 * @throws ModelFormatError, TextError where it cannot be used
 */
export async function loadModel(directory: string, options: LoadOptions): Promise<Model> {
  const path = join(directory, 'adapter_config.json');
  if (!existsSync(path)) return { base: await BaseModel.load(directory, options) };
  const parsed = adapterConfigSchema.safeParse(readJson(path));
  if (!parsed.success) {
    throw new ModelFormatError(`${path} is no LoRA configuration of PEFT: ${z.prettifyError(parsed.error)}`);
  }
  const config = parsed.data;
  const labels = readLabels(directory) ?? options.labels;
  const base = await BaseModel.load(baseDirectory(directory, config.base_model_name_or_path), { ...options, labels });
  const tensors = readAdapter(join(directory, 'adapter_model.safetensors'), base);
  const lora = {
    rank: config.r,
    alpha: config.lora_alpha,
    targets: targetsOf(tensors, base),
    rankStabilized: config.use_rslora ?? false,
    ...(config.use_dora && { dora: true }),
  };
  return {
    base,
    tuned: { method: 'lora', lora, tensors },
  };
}

function baseDirectory(adapter: string, named: string): string {
  const candidates = isAbsolute(named) ? [named] : [resolve(adapter, named), resolve(named)];
  const found = candidates.find((candidate) => existsSync(join(candidate, 'config.json')) || isGgufFile(candidate));
  if (found) return found;
  throw new ModelFormatError(
    `The adapter in ${adapter} belongs to the base model ${named}, which is not there. Put its folder there, or export the merged model instead.`,
  );
}

/** The classes an encoder's adapter was trained for. */
function readLabels(directory: string): string[] | undefined {
  const path = join(directory, labelsFile);
  if (!existsSync(path)) return undefined;
  const parsed = z.array(z.string()).safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new ModelFormatError(`${path} is no list of labels: ${z.prettifyError(parsed.error)}`);
}

/** Adapter tensors under the engine's names, each checked to lie beside a layer of the base model, or to be of its class head. */
function readAdapter(path: string, base: BaseModel): Map<string, WeightTensor> {
  const file = SafetensorsFile.open(path);
  const tensors = new Map<string, WeightTensor>();
  for (const stored of file.names()) {
    const name = stored.replace(/^base_model\.model\./, '');
    const layer = weightOfAdapter(name);
    if (!base.shapes.has(layer) || (layer === name && base.inventory.depthOf(name) < base.inventory.layers)) {
      throw new ModelFormatError(`${path} holds ${stored}, which belongs to no layer of ${base.name}.`);
    }
    tensors.set(name, { shape: [...file.info(stored).shape], data: file.read(stored) });
  }
  return tensors;
}

/** The targets whose linear layers carry adapters. */
function targetsOf(
  tensors: ReadonlyMap<string, WeightTensor>,
  { architecture: { loraTargets } }: BaseModel,
): LoraTarget[] {
  const names = [...tensors.keys()];
  return (Object.keys(loraTargets) as LoraTarget[]).filter((target) =>
    names.some((name) => nameInLayer(name) === `${loraTargets[target]}.lora_A.weight`),
  );
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ModelFormatError(`${path} is not valid JSON: ${(error as Error).message}.`);
  }
}

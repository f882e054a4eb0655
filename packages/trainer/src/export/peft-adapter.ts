// Writes a LoRA adapter as PEFT stores it.
import { join } from 'node:path';
import { loraNames } from '../adapters/names.js';
import type { Architecture } from '../models/architecture.js';
import type { Inventory, LinearLayer } from '../models/inventory.js';
import type { WeightTensor } from '../models/model.js';
import type { LoraSettings } from '../settings.js';
import { type TensorToWrite, writeSafetensors } from '../weights/write-safetensors.js';
import { writeFiles, writeFolderAtomically } from './atomic-folder.js';
import { type CardData, modelCard } from './model-card.js';

export interface PeftAdapterExport {
  /** Must not exist, or be empty. */
  outDir: string;
  lora: LoraSettings;
  /** Dropout on the adapters' input, [0, 1). */
  dropout: number;
  /** `….lora_A.weight` [r, in] and `….lora_B.weight` [out, r], in DoRA `….lora_magnitude_vector` [out], and tensors that were trained whole. */
  tensors: ReadonlyMap<string, WeightTensor>;
  /** The base model's. */
  architecture: Architecture;
  inventory: Inventory;
  /** Hub id or path of the base model, which PEFT loads the adapter onto. */
  base: string;
  card: CardData;
}

/** Names of the classes that an encoder's adapter tells apart, in the order of its outputs. */
export const labelsFile = 'labels.json';

/**
 * Writes adapter_config.json, adapter_model.safetensors (float32) and the model card; the folder appears whole or not at all.
 * @throws OutputError where the folder is in use or cannot be written
 */
export async function exportPeftAdapter(options: PeftAdapterExport): Promise<void> {
  await writeFolderAtomically(options.outDir, async (folder) => {
    const files = new Map([
      ['adapter_config.json', `${JSON.stringify(adapterConfig(options), null, 2)}\n`],
      ['README.md', modelCard(options.card, 'adapter')],
    ]);
    const { labels } = options.architecture.config;
    // PEFT asks the reader for the classes; the engine finds them here.
    if (labels) files.set(labelsFile, `${JSON.stringify(labels, null, 2)}\n`);
    await writeFiles(folder, files);
    await writeSafetensors(join(folder, 'adapter_model.safetensors'), adapterTensors(options.tensors));
  });
}

function adapterConfig({ lora, dropout, base, tensors, architecture, inventory }: PeftAdapterExport) {
  const { linears } = inventory;
  const whole = [...tensors.keys()].filter((name) => inventory.shapes.has(name));
  const saved = [...new Set(whole.map((name) => name.replace(/\.(weight|bias)$/, '')))];
  const adapted = [...linears].filter(([name]) => tensors.has(loraNames(name).a));
  return {
    peft_type: 'LORA',
    task_type: architecture.task === 'classification' ? 'SEQ_CLS' : 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: dropout,
    use_rslora: lora.rankStabilized,
    use_dora: lora.dora ?? false,
    ...targetModules(adapted, linears),
    bias: 'none',
    fan_in_fan_out: adapted.some(([, { transposed }]) => transposed),
    modules_to_save: saved.length > 0 ? saved : null,
    inference_mode: true,
  };
}

/**
 * The adapted linear layers as PEFT finds them: by the last part of their names and, where some layers are frozen, by the numbers of the
 * others; without these PEFT would add empty adapters there and warn of missing weights. Where that would find others too, by whole names.
 */
function targetModules(adapted: [string, LinearLayer][], linears: ReadonlyMap<string, LinearLayer>) {
  const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const ends = new Set(adapted.map(([name]) => lastPart(name)));
  const depths = new Set(adapted.map(([, { depth }]) => depth));
  const sameEnd = [...linears].filter(([name]) => ends.has(lastPart(name)));
  const inLayers = sameEnd.filter(([, { depth }]) => depths.has(depth));
  if (inLayers.length > adapted.length) {
    return { target_modules: adapted.map(([name]) => name), layers_to_transform: null, layers_pattern: null };
  }
  const isAll = sameEnd.length === adapted.length;
  return {
    target_modules: [...ends],
    layers_to_transform: isAll ? null : [...depths],
    layers_pattern: isAll ? null : (/(\w+)\.\d+\./.exec(adapted[0]![0])?.[1] ?? null),
  };
}

function adapterTensors(tensors: ReadonlyMap<string, WeightTensor>): TensorToWrite[] {
  return [...tensors].map(([name, { shape, data }]) => ({
    name: `base_model.model.${name}`,
    dtype: 'F32',
    shape,
    data,
  }));
}

// Writes a LoRA adapter as PEFT stores it.
import { join } from 'node:path';
import { layerOf } from '../models/llama.js';
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
  /** `model.layers.N.….lora_A.weight` [r, in] and `….lora_B.weight` [out, r]. */
  tensors: ReadonlyMap<string, WeightTensor>;
  /** Layers of the base model. */
  layers: number;
  /** Hub id or path of the base model, which PEFT loads the adapter onto. */
  base: string;
  card: CardData;
}

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
    await writeFiles(folder, files);
    await writeSafetensors(join(folder, 'adapter_model.safetensors'), adapterTensors(options.tensors));
  });
}

function adapterConfig({ lora, dropout, base, tensors, layers }: PeftAdapterExport) {
  const adapted = [...new Set([...tensors.keys()].flatMap((name) => layerOf(name) ?? []))].sort((a, b) => a - b);
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: dropout,
    use_rslora: lora.rankStabilized,
    target_modules: lora.targets,
    // Without this PEFT would add empty adapters to the frozen layers and warn of missing weights.
    layers_to_transform: adapted.length === layers ? null : adapted,
    layers_pattern: adapted.length === layers ? null : 'layers',
    bias: 'none',
    fan_in_fan_out: false,
    modules_to_save: null,
    inference_mode: true,
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

// Writes a model as a Hugging Face directory, which Transformers and the tools around it load.
import { join } from 'node:path';
import type { Architecture } from '../models/architecture.js';
import type { ModelConfig } from '../models/config.js';
import { readJsonFile } from '../text/json-file.js';
import { type TensorToWrite, type WritableDtype, writeSafetensors } from '../weights/write-safetensors.js';
import { writeFiles, writeFolderAtomically } from './atomic-folder.js';
import { companionFiles } from './companion-files.js';
import { configJson, generationConfigJson } from './config-json.js';
import { type CardData, modelCard } from './model-card.js';

export interface HuggingFaceExport {
  /** Must not exist, or be empty. */
  outDir: string;
  architecture: Architecture;
  /** All tensors, under their Hugging Face names. */
  tensors: Iterable<TensorToWrite>;
  /** Folder of the base model, or its GGUF file: tokenizer, chat template, generation settings and licence are taken from it. */
  baseFolder: string;
  card: CardData;
  /** As the tensors have it. BF16 and F16 round away small changes of training. */
  dtype: WritableDtype;
}

/**
 * Writes weights, configuration, tokenizer, generation settings and model card; the folder appears whole or not at all.
 * @throws OutputError where the folder is in use or cannot be written, ModelFormatError or TextError where the base's files are unsound
 */
export async function exportHuggingFace({
  outDir,
  architecture,
  tensors,
  baseFolder,
  card,
  dtype,
}: HuggingFaceExport): Promise<void> {
  await writeFolderAtomically(outDir, async (folder) => {
    const files = companionFiles(baseFolder);
    files.set('config.json', configJson(architecture, dtype));
    files.set('generation_config.json', generationConfigJson(architecture.config, readGenerationConfig(baseFolder)));
    files.set('README.md', modelCard(card, 'merged'));
    await writeFiles(folder, files);
    await writeSafetensors(join(folder, 'model.safetensors'), withoutTiedHead(tensors, architecture.config));
  });
}

const maxConfigBytes = 1_000_000;

export const readGenerationConfig = (folder: string) =>
  readJsonFile(join(folder, 'generation_config.json'), maxConfigBytes);

const headNames = new Set(['lm_head.weight', 'embed_out.weight']);

/** A tied output layer is the embedding: stored twice, readers would warn or keep two. */
function withoutTiedHead(tensors: Iterable<TensorToWrite>, config: ModelConfig): TensorToWrite[] {
  return [...tensors].filter(({ name }) => !(config.tieWordEmbeddings && headNames.has(name)));
}

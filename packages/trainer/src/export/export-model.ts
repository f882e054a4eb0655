// Writes a tuned model for use elsewhere: merged, and its adapter alone.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '../errors.js';
import type { Model } from '../models/model.js';
import type { WritableDtype } from '../weights/write-safetensors.js';
import { withLicence } from './base-licence.js';
import { exportHuggingFace } from './hugging-face.js';
import { mergedTensors } from './merge.js';
import type { CardData } from './model-card.js';
import { exportPeftAdapter } from './peft-adapter.js';

export interface ExportOptions {
  card: CardData;
  /** How weights are stored; default F32, which keeps every change of training. */
  dtype?: WritableDtype;
}

/** Writes a Hugging Face directory with adapters merged in. @returns paths of its files @throws OutputError */
export async function exportModel(
  model: Model,
  directory: string,
  { card, dtype = 'F32' }: ExportOptions,
): Promise<string[]> {
  const { architecture, directory: baseFolder } = model.base;
  const tensors = mergedTensors(model, dtype);
  const licensed = withLicence(card, model.base);
  await exportHuggingFace({ outDir: directory, architecture, tensors, baseFolder, card: licensed, dtype });
  return filesIn(directory);
}

/** Writes the LoRA adapter alone, as PEFT loads it. @returns paths of its files @throws OutputError, SettingsError */
export async function exportAdapter(model: Model, directory: string, { card }: ExportOptions): Promise<string[]> {
  const { base, tuned } = model;
  if (!tuned?.lora)
    throw new SettingsError('Only a model tuned with LoRA has an adapter; export the merged model instead.');
  await exportPeftAdapter({
    outDir: directory,
    lora: tuned.lora,
    dropout: card.settings.dropout,
    tensors: tuned.tensors,
    architecture: base.architecture,
    inventory: base.inventory,
    base: base.directory,
    card: withLicence(card, base),
  });
  return filesIn(directory);
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(directory, entry.name)] : [],
  );

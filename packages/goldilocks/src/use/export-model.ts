// Writes a model in another form: merged into one Hugging Face directory, or its adapter alone.
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type CardData, defaultSettings, type WritableDtype } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { writeOutput } from '../state/output.js';
import type { TrialEngine } from '../workers/operations.js';
import { modelFolder } from './tuned-model.js';
import { withWorkplace } from './workplace.js';

/** `safetensors`: a Hugging Face directory with any adapter merged in. `adapter`: as PEFT loads it. */
export type ExportFormat = 'safetensors' | 'adapter';

export interface ExportModelOptions {
  /** A result's folder, a Hugging Face directory, an adapter's, or a shipped model. */
  model: string;
  to: ExportFormat;
  /** The folder to write; new or empty. */
  out: string;
  /** How merged weights are stored; default F32, which keeps every change of training. */
  dtype?: WritableDtype;
  engine?: TrialEngine;
  signal?: AbortSignal;
}

/** @throws UserError where the model cannot be used, or has no adapter, or `out` is in use */
export async function exportTo(options: ExportModelOptions): Promise<void> {
  const source = modelFolder(options.model);
  if (options.to === 'adapter') await copyAdapter(source, options.out);
  else await writeMerged(source, options);
}

async function copyAdapter(source: string, out: string): Promise<void> {
  const folder = [source, join(source, 'adapter')].find((path) => existsSync(join(path, 'adapter_config.json')));
  if (folder === undefined) {
    throw new UserError(
      `${source} has no adapter: it was not tuned with LoRA. Export the whole model with --to safetensors.`,
    );
  }
  await writeOutput(out, (partial) => cp(folder, partial, { recursive: true }));
}

async function writeMerged(source: string, { out, dtype, engine, signal }: ExportModelOptions): Promise<void> {
  const place = { purpose: 'the export', near: '.', engine, signal };
  await withWorkplace(place, ({ process }) =>
    writeOutput(out, async (folder) => {
      const model = { kind: 'directory' as const, directory: source };
      await process.run('export', { model, directory: folder, card: placeholderCard(out), dtype });
      await describe(source, folder);
    }),
  );
}

/** The card the export writes is replaced: what the model was made with stands in its own. */
function placeholderCard(out: string): CardData {
  const data = { hash: '', trainExamples: 0 };
  return { name: basename(resolve(out)), base: '', data, settings: defaultSettings, scores: [] };
}

async function describe(source: string, folder: string): Promise<void> {
  const card = join(source, 'README.md');
  const target = join(folder, 'README.md');
  if (existsSync(card)) await cp(card, target);
  else
    await writeFile(
      target,
      `# ${basename(resolve(source))}\n\nWritten by Goldilocks from ${basename(resolve(source))}.\n`,
    );
}

// Writes a model in another form: merged into one Hugging Face directory, its adapter alone, as GGUF or as ONNX.
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  type CardData,
  type CardKind,
  cardInFormat,
  defaultSettings,
  type GgufQuantization,
  type WritableDtype,
} from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { writeOutput } from '../state/output.js';
import type { ExportForm, TrialEngine } from '../workers/operations.js';
import { modelFolder, originOf } from './tuned-model.js';
import { withWorkplace } from './workplace.js';

/**
 * `safetensors`: a Hugging Face directory with any adapter merged in. `adapter`: as PEFT loads it. `gguf`: one file for llama.cpp,
 * Ollama and LM Studio, with a Modelfile. `onnx`: in float32 and in 8 bits, for transformers.js in Node and browsers.
 */
export type ExportFormat = 'safetensors' | 'adapter' | 'gguf' | 'onnx';

/** How weights can be stored, by format; the first is the default. */
export const weightTypes: Readonly<Record<ExportFormat, readonly WeightType[]>> = {
  safetensors: ['F32', 'F16', 'BF16'],
  adapter: ['F32'],
  gguf: ['F16', 'Q8_0'],
  onnx: ['F32'],
};

export type WeightType = WritableDtype | GgufQuantization;

export interface ExportModelOptions {
  /** A result's folder, a Hugging Face directory, an adapter's, or a shipped model. */
  model: string;
  to: ExportFormat;
  /** The folder to write; new or empty. */
  out: string;
  /** How weights are stored, one of `weightTypes`; F32 keeps every change of training. */
  dtype?: WeightType;
  engine?: TrialEngine;
  signal?: AbortSignal;
  /** Told how far a download is. */
  tell?(text: string): void;
}

/** @throws UserError where the model cannot be used, has no adapter, or the format has no such weights, or `out` is in use */
export async function exportTo(options: ExportModelOptions): Promise<void> {
  const { to, dtype = weightTypes[to][0]! } = options;
  if (!weightTypes[to].includes(dtype)) {
    throw new UserError(`Weights in ${to} are ${weightTypes[to].join(' or ')}, not ${dtype}. Choose with --dtype.`);
  }
  const source = await modelFolder(options.model, options);
  if (to === 'adapter') await copyAdapter(source, options.out);
  else await write(source, options, await formOf(source, to, dtype));
}

async function formOf(source: string, to: Exclude<ExportFormat, 'adapter'>, dtype: WeightType): Promise<ExportForm> {
  if (to === 'safetensors') return { format: to, dtype: dtype as WritableDtype };
  if (to === 'onnx') return { format: to };
  const { template = 'chat' } = await originOf(source);
  return { format: to, quantization: dtype as GgufQuantization, template };
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

async function write(source: string, { out, engine, signal }: ExportModelOptions, form: ExportForm): Promise<void> {
  const place = { purpose: 'the export', near: '.', engine, signal };
  await withWorkplace(place, ({ process }) =>
    writeOutput(out, async (folder) => {
      const model = { kind: 'directory' as const, directory: source };
      await process.run('export', { model, directory: folder, card: placeholderCard(out), ...form });
      await describe(source, folder, cardKinds[form.format ?? 'safetensors']);
    }),
  );
}

const cardKinds = { safetensors: 'merged', gguf: 'gguf', onnx: 'onnx' } as const;

/** The card the export writes is replaced: what the model was made with stands in its own. */
function placeholderCard(out: string): CardData {
  const data = { hash: '', trainExamples: 0 };
  return { name: basename(resolve(out)), base: '', data, settings: defaultSettings, scores: [] };
}

async function describe(source: string, folder: string, kind: CardKind): Promise<void> {
  const name = basename(resolve(source));
  const plain = `# ${name}\n\nWritten by Goldilocks from ${name}.\n`;
  const card = await readFile(join(source, 'README.md'), 'utf8').catch(() => plain);
  await writeFile(join(folder, 'README.md'), cardInFormat(card, kind, name));
}

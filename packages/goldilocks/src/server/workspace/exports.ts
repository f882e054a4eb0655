// Exports of tuned models in the background, with how far they are.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { ExportJob, ExportRequest, Takeaway } from '@goldilocks/protocol/page';
import { UserError } from '../../errors.js';
import { HttpError } from '../../http/http-error.js';
import { checkOutput } from '../../state/output.js';
import { excerpt } from '../../terminal/strip-control.js';
import { type ExportFormat, exportTo, type WeightType, weightTypes } from '../../use/export-model.js';

interface Format {
  readonly format: ExportFormat;
  readonly title: string;
  readonly note: string;
  /** Only for models tuned with adapters. */
  readonly ofAdapters?: true;
}

const formats: readonly Format[] = [
  {
    format: 'safetensors',
    title: 'Merged model (safetensors)',
    note: 'For Transformers, vLLM, and converters to other formats.',
  },
  {
    format: 'adapter',
    title: 'LoRA adapter',
    note: 'A few megabytes, loaded onto the base model by PEFT.',
    ofAdapters: true,
  },
  {
    format: 'gguf',
    title: 'GGUF',
    note: 'For llama.cpp, Ollama and LM Studio, with a Modelfile.',
  },
  {
    format: 'onnx',
    title: 'ONNX',
    note: 'For transformers.js, in Node and in browsers: in 32 bits and in 8.',
  },
];

export function formatsOf(output: string | null): Takeaway['formats'] {
  return formats.map((known) => {
    const { format, title, note } = known;
    const because = whyNot(known, output);
    return { format, title, note, dtypes: [...weightTypes[format]], available: because === '', because };
  });
}

function whyNot({ ofAdapters }: Format, output: string | null): string {
  if (output === null) return 'The model is not there yet.';
  if (!ofAdapters || existsSync(join(output, 'adapter'))) return '';
  return 'This model was tuned as a whole, without an adapter.';
}

const lookMs = 500;

export class Exports {
  readonly #jobs = new Map<string, ExportJob[]>();
  readonly #running = new Set<AbortController>();

  constructor(
    private readonly workspace: string,
    private readonly tell: (study: string, job: ExportJob) => void,
  ) {}

  of(study: string): readonly ExportJob[] {
    return this.#jobs.get(study) ?? [];
  }

  /** Begins an export; what comes of it is told. @throws HttpError, UserError where it cannot begin */
  async start(study: string, model: string, { format, dtype }: ExportRequest, out: string): Promise<ExportJob> {
    const known = formats.find((each) => each.format === format);
    if (known === undefined) throw new HttpError(400, `«${excerpt(format)}» is no format that can be written.`);
    const because = whyNot(known, model);
    if (because !== '') throw new HttpError(400, because);
    if (dtype !== undefined && !weightTypes[known.format].includes(dtype))
      throw new HttpError(400, `${known.title} has no ${dtype}.`);
    await checkOutput(out);
    const place = relative(this.workspace, out);
    if (this.of(study).some((job) => job.state === 'running' && job.out === place))
      throw new HttpError(409, `An export to ${place} is running already.`);
    const job: ExportJob = {
      ...{ id: randomUUID(), format, dtype, out: place, state: 'running', note: 'writing' },
      ...{ bytes: 0, totalBytes: await expectedBytes(model, known.format, dtype), startedAt: new Date().toISOString() },
    };
    this.#jobs.set(study, [job, ...this.of(study)].slice(0, 20));
    void this.#run(study, job, { model, to: known.format, out, dtype });
    return { ...job };
  }

  async #run(study: string, job: ExportJob, options: Parameters<typeof exportTo>[0]): Promise<void> {
    const stop = new AbortController();
    this.#running.add(stop);
    const partial = join(dirname(options.out), `.${basename(options.out)}.partial-${process.pid}`);
    const timer = setInterval(async () => {
      job.bytes = await sizeOf(partial);
      if (job.state === 'running') this.tell(study, { ...job });
    }, lookMs);
    try {
      await exportTo({ ...options, signal: stop.signal });
      Object.assign(job, { state: 'done', note: `Written to ${job.out}.`, bytes: await sizeOf(options.out) });
    } catch (error) {
      const note = error instanceof UserError ? error.message : `It failed: ${String(error)}`;
      Object.assign(job, { state: 'failed', note });
    } finally {
      clearInterval(timer);
      this.#running.delete(stop);
      this.tell(study, { ...job });
    }
  }

  close(): void {
    for (const stop of this.#running) stop.abort();
  }
}

/** A block of 32 eight-bit weights has a scale of two bytes. */
const bytesOf: Record<WeightType, number> = { F32: 4, F16: 2, BF16: 2, Q8_0: 34 / 32 };

/** By the result's weights, which have four bytes each; null where these are not in one file. */
async function expectedBytes(model: string, format: ExportFormat, dtype?: WeightType): Promise<number | null> {
  if (format === 'adapter') return sizeOf(join(model, 'adapter'));
  const weights = join(model, 'model.safetensors');
  if (!existsSync(weights)) return null;
  // ONNX is written twice, the second time with a byte for a weight.
  const each = format === 'onnx' ? bytesOf.F32 + 1 : bytesOf[dtype ?? weightTypes[format][0]!];
  return Math.round(((await stat(weights)).size * each) / bytesOf.F32);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []); // not there yet
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

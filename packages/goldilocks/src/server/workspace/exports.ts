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
import { type ExportFormat, exportTo } from '../../use/export-model.js';

interface Format {
  readonly format: ExportFormat;
  readonly title: string;
  readonly note: string;
  readonly dtypes: Takeaway['formats'][number]['dtypes'];
  /** Only for models tuned with adapters. */
  readonly ofAdapters?: true;
}

const formats: readonly Format[] = [
  {
    format: 'safetensors',
    title: 'Merged model (safetensors)',
    note: 'For Transformers, vLLM, and converters to other formats.',
    dtypes: ['F32', 'F16', 'BF16'],
  },
  {
    format: 'adapter',
    title: 'LoRA adapter',
    note: 'A few megabytes, loaded onto the base model by PEFT.',
    dtypes: [],
    ofAdapters: true,
  },
  {
    format: 'gguf',
    title: 'GGUF',
    note: 'For llama.cpp, Ollama and LM Studio, with a Modelfile.',
    dtypes: [],
  },
  {
    format: 'onnx',
    title: 'ONNX',
    note: 'For transformers.js, in Node and in browsers.',
    dtypes: [],
  },
];

export function formatsOf(output: string | null): Takeaway['formats'] {
  const hasAdapter = output !== null && existsSync(join(output, 'adapter'));
  return formats.map(({ format, title, note, dtypes, ofAdapters }) => {
    const because =
      output === null
        ? 'The model is not there yet.'
        : ofAdapters && !hasAdapter
          ? 'This model was tuned as a whole, without an adapter.'
          : '';
    return { format, title, note, dtypes, available: because === '', because };
  });
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
    const known = formatsOf(model).find((each) => each.format === format);
    if (known === undefined) throw new HttpError(400, `«${excerpt(format)}» is no format that can be written.`);
    if (!known.available) throw new HttpError(400, known.because);
    if (dtype !== undefined && !known.dtypes.includes(dtype))
      throw new HttpError(400, `${known.title} has no ${dtype}.`);
    await checkOutput(out);
    const job: ExportJob = {
      ...{ id: randomUUID(), format, out: relative(this.workspace, out), state: 'running', note: 'writing' },
      ...{ bytes: 0, totalBytes: await expectedBytes(model, format, dtype), startedAt: new Date().toISOString() },
    };
    this.#jobs.set(study, [job, ...this.of(study)].slice(0, 20));
    void this.#run(study, job, { model, to: format as ExportFormat, out, dtype });
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

const bytesOf = { F32: 4, F16: 2, BF16: 2 } as const;

/** Weights of a result are stored in four bytes each. */
async function expectedBytes(model: string, format: string, dtype: ExportRequest['dtype']): Promise<number | null> {
  if (format === 'adapter') return sizeOf(join(model, 'adapter'));
  if (format !== 'safetensors') return null;
  const weights = join(model, 'model.safetensors');
  return existsSync(weights) ? Math.round(((await stat(weights)).size * bytesOf[dtype ?? 'F32']) / bytesOf.F32) : null;
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

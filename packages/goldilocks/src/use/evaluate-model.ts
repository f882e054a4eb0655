// Measures a model on a data file, the base model beside it.
import { basename, dirname } from 'node:path';
import type { Difference, Score } from '@goldilocks/protocol';
import type { DeviceName } from '@goldilocks/trainer';
import { differenceOf, type Measurement, measure, scoreOf } from '../evaluate/measure.js';
import type { MetricName } from '../evaluate/metrics.js';
import { metricFor } from '../evaluate/task.js';
import type { InspectedData, SplitName } from '../inspect/types.js';
import type { DataOptions, ModelOptions } from '../journey/options.js';
import { prepareData } from '../preview/prepare-run.js';
import type { TrialEngine } from '../workers/operations.js';
import { baseOf, modelFolder, originOf, tokenizerFolder } from './tuned-model.js';
import { withWorkplace } from './workplace.js';

export interface EvaluateOptions extends DataOptions, Omit<ModelOptions, 'model'> {
  /** A result's folder, a Hugging Face directory, an adapter's, or a shipped model. */
  model: string;
  /** The base model to measure beside it; default: the one the folder names. `false` measures none. */
  base?: string | false;
  /** Which rows: default `test`; `all` for data that the model has never seen. */
  rows?: SplitName | 'all';
  metric?: MetricName;
  /** Where it is measured; default: cpu. */
  device?: DeviceName;
  engine?: TrialEngine;
  signal?: AbortSignal;
  tell?(text: string): void;
}

export interface EvaluateResult {
  model: string;
  examples: number;
  rows: SplitName | 'all';
  metric: MetricName;
  score: Score;
  /** Absent where no base model was measured. */
  base?: { model: string; score: Score; difference: Difference };
  data: { hash: string; guess: string };
}

/** @throws UserError where the model, its base or the data cannot be used */
export async function evaluateModel(options: EvaluateOptions): Promise<EvaluateResult> {
  const { data: path, device, engine, signal, rows: which = 'test' } = options;
  const directory = await modelFolder(options.model, options);
  const base = options.base === false ? undefined : await baseOf(directory, options.base);
  const template = options.template ?? (await originOf(directory)).template;
  const opened = await tokenizerFolder(directory);
  const place = { purpose: 'the evaluation', near: dirname(path), device, engine, signal };
  return withWorkplace(place, async ({ process, cache }) => {
    const prepared = await prepareData({ process, cache }, { ...options, template, model: opened });
    const indices = rowsOf(prepared.data, which);
    const rows = indices.map((index) => prepared.data.rows[index]!);
    const set = { tokens: { file: prepared.tokens.file, indices }, rows, labels: prepared.data.labels ?? [] };
    const task = { ...prepared.task, metric: metricFor(prepared.task.type, options.metric) };
    const measured = async (folder: string): Promise<Measurement> => {
      options.tell?.(`measuring ${basename(folder)} on ${rows.length} examples`);
      const found = await measure(process, { kind: 'directory', directory: folder }, set, task, { signal });
      signal?.throwIfAborted();
      return found;
    };
    const tuned = await measured(directory);
    const before = base === undefined ? undefined : await measured(base);
    return {
      model: options.model,
      examples: rows.length,
      rows: which,
      metric: task.metric.name,
      score: scoreOf(tuned, task),
      ...(before && {
        base: { model: base!, score: scoreOf(before, task), difference: differenceOf(tuned, before, task) },
      }),
      data: { hash: prepared.data.dataHash, guess: prepared.data.guess },
    };
  });
}

function rowsOf({ rows, splits }: InspectedData, which: SplitName | 'all'): number[] {
  return which === 'all' ? rows.map((_, index) => index) : [...splits[which]];
}

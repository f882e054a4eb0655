// Leaves a run's model in a folder: merged, with its adapter where there is one, its card, and what was measured.
import { basename, join, resolve } from 'node:path';
import type { CardData } from '@goldilocks/trainer';
import type { FinalRun } from '../journey/final-runs.js';
import { softwareVersions } from '../journey/report/versions.js';
import { openRun } from '../journey/test-stage.js';
import { examplesOf } from '../journey/training-data.js';
import type { PreparedRun } from '../preview/prepare-run.js';
import { writeFileAtomic } from '../state/atomic.js';
import { writeOutput } from '../state/output.js';
import type { TrialEngine } from '../workers/operations.js';
import type { TestedRun } from './one-run.js';

export interface ExportRunOptions {
  engine: TrialEngine;
  run: PreparedRun;
  final: FinalRun;
  tested: TestedRun;
  out: string;
  overwrite?: boolean;
  signal?: AbortSignal;
}

export async function exportRun(options: ExportRunOptions): Promise<void> {
  const { engine, run, final, tested, out, overwrite, signal } = options;
  const { prepared, data } = run;
  const fill = async (folder: string) => {
    const process = engine.open('the export');
    try {
      const setting = { model: prepared.model.directory, validation: examplesOf(data, data.validation), signal };
      const model = await openRun(process, setting, final);
      await process.run('export', { model, directory: folder, card: cardOf(options) });
    } finally {
      await process.close();
    }
    const { model } = prepared;
    const baseModel = { name: model.name, hash: model.hash, directory: model.directory };
    const reproduce = { template: prepared.template, settings: final.settings };
    const summary = { format: 'goldilocks-run', version: 1, baseModel, reproduce };
    const scores = { base: tested.base, tuned: tested.tuned };
    await writeFileAtomic(join(folder, 'run.json'), `${JSON.stringify({ ...summary, test: scores }, null, 2)}\n`);
  };
  await writeOutput(out, fill, { overwrite });
}

function cardOf({ run: { prepared }, final, tested, out }: ExportRunOptions): CardData {
  const { model, data, task } = prepared;
  const { base, tuned } = tested;
  const { retention } = tested.test;
  const metric =
    tuned.metric === null
      ? []
      : [{ metric: task.metric.title, split: 'test', base: base.metric?.value, found: tuned.metric.value }];
  return {
    name: basename(resolve(out)),
    base: model.name,
    baseHash: model.hash,
    data: {
      hash: data.dataHash,
      trainExamples: data.splits.train.length,
      validationExamples: data.splits.validation.length,
      testExamples: data.splits.test.length,
    },
    settings: final.settings,
    scores: [...metric, { metric: 'loss', split: 'test', base: base.loss.value, found: tuned.loss.value }],
    ...(retention && {
      retention: { before: retention.before.loss, after: retention.after.loss, text: retention.origin },
    }),
    versions: softwareVersions(),
  };
}

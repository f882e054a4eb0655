// The journey from end to end: inspect, plan, pilot, search, confirm, final, test, report.
import { rm } from 'node:fs/promises';
import type { Report } from '@goldilocks/protocol';
import { searchOnWorkers } from '../cluster/search-on-workers.js';
import type { Confirmation } from '../confirm/confirm.js';
import type { SearchTrial } from '../search/search-trial.js';
import { checkpointFolder } from '../search/trial-files.js';
import { confirmStage } from './confirm-stage.js';
import { type JourneyContext, runStage, save } from './context.js';
import type { FinalRun } from './final-runs.js';
import { finalStage } from './final-stage.js';
import { inspectStage } from './inspect-stage.js';
import { pilotStage } from './pilot-stage.js';
import { planStage } from './plan-stage.js';
import { reportStage } from './report-stage.js';
import { retentionOf } from './retention.js';
import { searchStage } from './search-stage.js';
import { referenceFor } from './similarity-stage.js';
import { type TestResult, testModels } from './test-stage.js';
import { examplesOf, trainingData } from './training-data.js';
import type { TrialStages } from './trial-stages.js';

/** Runs what is not done yet; what is, is read from the record. */
export async function runJourney(context: JourneyContext): Promise<Report> {
  const { record } = context;
  const prepared = await inspectStage(context);
  const plan = await planStage(context, prepared);
  const data = await trainingData(context.preparation, context.state.cache, prepared, plan.settings);
  const retention = await retentionOf(context, prepared.model.directory);
  // The preparation's process would hold memory that trials need.
  await context.endPreparation();
  const piloted = await pilotStage(context, prepared, plan, data);
  const stages: TrialStages = { context, prepared, piloted, data, retention };
  const { cluster } = context;
  const trials = await (cluster === undefined ? searchStage(stages) : searchOnWorkers(stages, cluster));
  const confirmation = await confirmStage(stages, trials);
  const final = await finalStage(stages, trials, confirmation);
  const test = await testStage(stages, final);
  const report = await reportStage({ stages, trials, confirmation, final, test });
  record.report = report;
  await save(context);
  await dropSpareCheckpoints(context, trials, confirmation, final);
  return report;
}

async function testStage(stages: TrialStages, final: { recommended: FinalRun; found: FinalRun }): Promise<TestResult> {
  const { context, prepared, data } = stages;
  const { record } = context;
  if (record.test !== undefined) return record.test;
  return runStage(context, 'test', async () => {
    const process = context.preparation();
    const reference = await referenceFor({ process, cache: context.state.cache, model: prepared.model });
    await context.endPreparation();
    const test = await testModels({
      engine: context.engine,
      model: prepared.model.directory,
      task: prepared.task,
      test: {
        tokens: examplesOf(data, data.test),
        rows: data.test.map((index) => prepared.data.rows[index]!),
        labels: prepared.data.labels ?? [],
      },
      validation: examplesOf(data, data.validation),
      reference,
      ...final,
      onProgress: (done, total, note) => context.emit({ type: 'stage-progress', stage: 'test', done, total, note }),
      signal: context.signal,
    });
    record.test = test;
    const losses = `${test.base.loss.toFixed(3)} of the base model, ${test.recommended.loss.toFixed(3)} recommended, ${test.found.loss.toFixed(3)} found`;
    return { result: test, summary: `Loss on ${data.test.length} test examples: ${losses}.` };
  });
}

/** Keeps the checkpoint of the delivered run, from which refine can go on. */
async function dropSpareCheckpoints(
  { state, record }: JourneyContext,
  trials: readonly SearchTrial[],
  confirmation: Confirmation | undefined,
  final: { recommended: FinalRun; found: FinalRun },
): Promise<void> {
  const folders = [
    ...trials.map(({ number }) => state.trial(record.study, number)),
    ...(confirmation?.runs ?? []).map(({ folder }) => folder),
    final.recommended.folder,
  ];
  for (const folder of folders) {
    if (folder !== final.found.folder) await rm(checkpointFolder(folder), { recursive: true, force: true });
  }
}

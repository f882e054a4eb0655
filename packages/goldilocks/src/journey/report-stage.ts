// The last stage: the report is put together, and the result's folder is filled.
import { basename, join, resolve } from 'node:path';
import { type Report, reportVersion, type Scores } from '@goldilocks/protocol';
import type { CardData } from '@goldilocks/trainer';
import type { Confirmation } from '../confirm/confirm.js';
import { differenceOf, type Measurement, scoreOf } from '../evaluate/measure.js';
import { formatValue, hyperparameterNames } from '../plan/hyperparameters.js';
import { diagnose } from '../refine/diagnose.js';
import type { SuggestedChange } from '../refine/run-record.js';
import type { SearchTrial } from '../search/search-trial.js';
import { readRecord, type TrialRecord } from '../search/trial-files.js';
import { writeFileAtomic } from '../state/atomic.js';
import { writeOutput } from '../state/output.js';
import { readCommands, toldRanges } from '../steer/commands.js';
import { confirmSentence } from './confirm-stage.js';
import { type JourneyContext, runStage } from './context.js';
import type { FinalRun } from './final-runs.js';
import { describeObjective } from './objective.js';
import { quote, runCommand } from './report/command.js';
import * as reported from './report/context.js';
import { findings } from './report/hyperparameters.js';
import { learningCurve, reportConfirmation, reportTrial } from './report/runs.js';
import { verdictOf } from './report/verdict.js';
import { softwareVersions } from './report/versions.js';
import { recordedRetention, runRecordOf } from './run-record.js';
import { openRun, type TestResult } from './test-stage.js';
import { examplesOf } from './training-data.js';
import type { TrialStages } from './trial-stages.js';

export interface ReportInput {
  stages: TrialStages;
  trials: readonly SearchTrial[];
  confirmation: Confirmation | undefined;
  final: { recommended: FinalRun; found: FinalRun };
  test: TestResult;
}

/** Writes model, report.html and report.json to the output folder, all or nothing. */
export function reportStage(input: ReportInput): Promise<Report> {
  const { context } = input.stages;
  const { out, overwrite } = context.record.settings;
  return runStage(context, 'report', async () => {
    let report: Report | undefined;
    await writeOutput(
      out,
      async (folder) => {
        await exportResult(input, folder);
        report = await assembleReport(input);
        // Its charts' library takes long to load, for a search that may not come this far.
        const { reportHtml } = await import('../report/html/page.js');
        await writeFileAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
        await writeFileAtomic(join(folder, 'report.html'), reportHtml(report));
      },
      { overwrite },
    );
    return { result: report!, summary: `The model and the report are in ${out}.` };
  });
}

/** The merged model, and beside it the adapter where there is one. The folder must be empty. */
async function exportResult({ stages, test, final }: ReportInput, folder: string): Promise<void> {
  const { context, prepared, data } = stages;
  const process = context.engine.open('the export');
  try {
    const validation = examplesOf(data, data.validation);
    const setting = { model: prepared.model.directory, validation, signal: context.signal };
    const model = await openRun(process, setting, final.found);
    await process.run('export', { model, directory: folder, card: cardOf(stages, final.found, test) });
  } finally {
    await process.close();
  }
}

function cardOf({ context, prepared, piloted }: TrialStages, found: FinalRun, test: TestResult): CardData {
  const { settings } = context.record;
  const { task, data, model } = prepared;
  const values = (pick: (score: ReturnType<typeof scoreOf>) => number | undefined) => ({
    base: pick(scoreOf(test.base, task)),
    recommended: pick(scoreOf(test.recommended, task)),
    found: pick(scoreOf(test.found, task)),
  });
  const metric = values((score) => score.metric?.value);
  const loss = values((score) => score.loss.value);
  const { metric: measured } = scoreOf(test.found, task);
  const interval =
    measured?.low != null && measured.high != null ? ([measured.low, measured.high] as const) : undefined;
  const { retention } = test;
  return {
    name: basename(resolve(settings.out)),
    base: model.name,
    baseHash: model.hash,
    data: {
      hash: data.dataHash,
      trainExamples: data.splits.train.length,
      validationExamples: data.splits.validation.length,
      testExamples: data.splits.test.length,
    },
    settings: found.settings,
    scores: [
      ...(metric.found === undefined
        ? []
        : [{ metric: task.metric.title, split: 'test', ...metric, found: metric.found, interval }]),
      { metric: 'loss', split: 'test', ...loss, found: loss.found! },
    ],
    ...(retention && {
      retention: { before: retention.before.loss, after: retention.after.loss, text: retention.origin },
    }),
    reproduce: runCommand(settings),
    versions: {
      ...softwareVersions(),
      ...(piloted.plan.recommendation.knownAs && { recipe: piloted.plan.recommendation.knownAs }),
    },
  };
}

async function assembleReport(input: ReportInput): Promise<Report> {
  const { stages, trials, confirmation, final, test } = input;
  const { context, prepared, piloted, data } = stages;
  const { record, study } = context;
  const { model } = prepared;
  const { plan } = piloted;
  const records = await readRecords(context, trials);
  const rows = trials.map((trial) => reportTrial(plan, trial, records.get(trial.number)));
  const reportTask = reported.reportTask(prepared);
  const scores = scoresOf(input);
  const confirmed =
    confirmation === undefined ? 'No trial of the search ended better than they did.' : confirmSentence(confirmation);
  const rowsTested = data.test.map((index) => prepared.data.rows[index]!);
  return {
    format: 'goldilocks-report',
    version: reportVersion,
    createdAt: new Date().toISOString(),
    study: record.study,
    verdict: verdictOf(confirmation, reportTask, scores, confirmed),
    baseModel: {
      name: model.name,
      ...(model.revision && { revision: model.revision }),
      hash: model.hash,
      parameters: model.parameters,
      layers: model.layers,
    },
    data: reported.reportData(prepared, data),
    task: reportTask,
    scores,
    ...findings({
      plan,
      settings: final.found.settings,
      winner: final.found.trial,
      objectiveTitle: describeObjective(prepared.objective).title,
      trials: rows,
      frozen: await study.trials(),
      records,
      seedDeviation: confirmation?.decision.seedDeviation ?? null,
      told: toldRanges(readCommands(await study.systemAttributes())),
      device: record.pilot?.device,
    }),
    adjustments: reported.reportAdjustments(plan),
    trials: rows,
    learningCurves: await curvesOf(final),
    confirmation:
      confirmation === undefined || confirmation.seeds.length === 0
        ? null
        : reportConfirmation(confirmation, confirmed),
    retention: reported.reportRetention(test),
    examples: reported.beforeAndAfter(rowsTested, prepared.data.labels ?? [], test),
    diagnoses: await diagnosesOf(input),
    cost: reported.reportCost(record, rows),
    reproduce: {
      command: runCommand(record.settings),
      seed: record.settings.seed ?? 0,
      versions: softwareVersions(),
      dataHash: prepared.data.dataHash,
      modelHash: model.hash,
      template: prepared.template,
      settings: final.found.settings,
    },
    files: filesOf(record.settings.out, final.found.settings.method),
    next: nextCommands(record.settings.out, record.settings.data, record.study, model.isEncoder),
    warnings: record.warnings,
  };
}

async function readRecords({ state, record }: JourneyContext, trials: readonly SearchTrial[]) {
  const records = new Map<number, TrialRecord>();
  for (const { number } of trials) {
    const found = await readRecord(state.trial(record.study, number));
    if (found !== undefined) records.set(number, found);
  }
  return records;
}

function scoresOf({ stages, test }: ReportInput): Scores {
  const { prepared } = stages;
  const score = (measurement: Measurement) => scoreOf(measurement, prepared.task);
  return {
    testExamples: test.found.perExample.length,
    base: score(test.base),
    recommended: score(test.recommended),
    found: score(test.found),
    baselines: reported.reportBaselines(prepared, stages.data.test),
    foundMinusBase: differenceOf(test.found, test.base, prepared.task),
    foundMinusRecommended: differenceOf(test.found, test.recommended, prepared.task),
  };
}

async function curvesOf({ recommended, found }: ReportInput['final']) {
  const isSame = recommended.folder === found.folder;
  const curves = [
    await learningCurve(isSame ? 'recommended settings' : 'settings found', found),
    isSame ? undefined : await learningCurve('recommended settings', recommended),
  ];
  return curves.filter((curve) => curve !== undefined);
}

async function diagnosesOf({ stages, final, test }: ReportInput): Promise<Report['diagnoses']> {
  const run = await runRecordOf(final.found, stages.prepared.model.layers, recordedRetention(test));
  if (run === undefined) return [];
  return diagnose(run).map(({ kind, evidence, adjustment, because, source }) => ({
    kind,
    message: evidence,
    advice:
      adjustment === undefined ? because : `${adjustmentText(adjustment, stages.prepared.model.layers)} ${because}`,
    source: reported.sourceOf(source),
  }));
}

function adjustmentText({ hyperparameter: name, from, to }: SuggestedChange, layers: number): string {
  return `Try ${hyperparameterNames[name]} ${formatValue(name, to, layers)} instead of ${formatValue(name, from, layers)}.`;
}

function filesOf(out: string, method: 'lora' | 'full'): Report['files'] {
  return [
    { path: join(out, 'model.safetensors'), title: 'the model, with config.json and tokenizer beside it' },
    ...(method === 'lora' ? [{ path: join(out, 'adapter'), title: 'the adapter alone, as PEFT loads it' }] : []),
    { path: join(out, 'README.md'), title: 'the model card' },
    { path: join(out, 'report.html'), title: 'this report as a page' },
    { path: join(out, 'report.json'), title: 'this report for programs' },
  ];
}

function nextCommands(out: string, data: string, study: string, isEncoder = false): Report['next'] {
  const chat = { command: `goldilocks chat ${quote(out)} --base`, why: 'talk to it, the base model beside it' };
  return [
    ...(isEncoder ? [] : [chat]),
    { command: `goldilocks evaluate ${quote(out)} ${quote(data)}`, why: 'measure it on other data of the same kind' },
    { command: `goldilocks refine ${quote(study)}`, why: 'see what to adjust next, and try it' },
  ];
}

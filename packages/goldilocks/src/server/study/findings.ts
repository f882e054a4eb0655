// What the trials so far say of each hyperparameter: the report's own reckoning, at any time.

import { dirname } from 'node:path';
import type { LiveFindings } from '@goldilocks/protocol/page';
import { findings } from '../../journey/report/hyperparameters.js';
import { reportTrial } from '../../journey/report/runs.js';
import type { Parameters } from '../../plan/hyperparameters.js';
import { settingsFromParams } from '../../plan/plan.js';
import { lastValue, readTrial, type SearchTrial } from '../../search/search-trial.js';
import { readRecord, type TrialRecord } from '../../search/trial-files.js';
import { stateFolderAt } from '../../state/folder.js';
import { toldRanges } from '../../steer/commands.js';
import type { StudyView } from './study-view.js';

const nothing = { hyperparameters: [], otherSettings: [], noise: null, incumbent: null, final: false } as const;

/** The cards are reckoned once for each state of the study. */
export class LiveFindingsCache {
  readonly #known = new WeakMap<StudyView, { revision: string; found: Promise<LiveFindings> }>();

  get(view: StudyView): Promise<LiveFindings> {
    const revision = `${view.table.revision} ${JSON.stringify(toldRanges(view.commands))}`;
    const known = this.#known.get(view);
    if (known?.revision === revision) return known.found;
    const found = findingsOf(view);
    this.#known.set(view, { revision, found });
    found.catch(() => this.#known.delete(view)); // the caller is told; another try may do better
    return found;
  }
}

async function findingsOf(view: StudyView): Promise<LiveFindings> {
  const { journey, folder } = view;
  if (journey?.report !== undefined) {
    const { hyperparameters, otherSettings, noise, trials } = journey.report;
    const incumbent = journey.final?.found.trial ?? 0;
    return {
      ...{ hyperparameters, otherSettings, noise, incumbent },
      trials: trials.length,
      final: true,
      sentence: '',
    };
  }
  if (journey?.plan === undefined || folder === undefined) {
    return { ...none(view), sentence: whyNone(view) };
  }
  const { plan } = journey;
  const frozen = await view.storage.getTrials(view.study.id);
  const trials = frozen.filter(({ state }) => state !== 'WAITING').map(readTrial);
  const incumbent = bestOf(trials);
  if (incumbent === undefined) return { ...none(view), sentence: 'The first trial has not been measured yet.' };
  const records = await recordsOf(folder, trials);
  const found = findings({
    plan,
    settings: settingsFromParams(plan, incumbent.params as Parameters),
    winner: incumbent.number,
    objectiveTitle: view.metricNames?.[0]?.replaceAll('_', ' ') ?? 'objective',
    trials: trials.map((trial) => reportTrial(plan, trial, records.get(trial.number))),
    frozen,
    records,
    seedDeviation: journey.confirmation?.decision.seedDeviation ?? null,
    told: toldRanges(view.commands),
    device: journey.pilot?.device,
  });
  const measured = trials.filter(({ values }) => values.length > 0).length;
  const sentence = `So far, from ${measured} ${measured === 1 ? 'trial' : 'trials'}; more trials make it surer.`;
  return { ...found, incumbent: incumbent.number, trials: measured, final: false, sentence };
}

function none({ trials }: StudyView): Omit<LiveFindings, 'sentence'> {
  return { ...nothing, hyperparameters: [], otherSettings: [], trials: trials.length };
}

function whyNone({ kind }: StudyView): string {
  if (kind === 'journey') return 'The search has not begun yet.';
  return 'These cards are for tuning a model; this study searches something else. Its plots show what matters.';
}

/** The best among those that came furthest. */
function bestOf(trials: readonly SearchTrial[]): SearchTrial | undefined {
  const alive = trials.filter(({ state, values }) => state !== 'failed' && values.length > 0);
  const furthest = Math.max(...alive.map(({ values }) => values.length));
  return alive
    .filter(({ values }) => values.length === furthest)
    .sort((a, b) => lastValue(a)! - lastValue(b)! || a.number - b.number)[0];
}

async function recordsOf(folder: string, trials: readonly SearchTrial[]): Promise<Map<number, TrialRecord>> {
  const state = stateFolderAt(dirname(dirname(folder)));
  const study = folder.slice(state.runs.length + 1);
  const records = new Map<number, TrialRecord>();
  for (const { number } of trials) {
    const record = await readRecord(state.trial(study, number));
    if (record !== undefined) records.set(number, record);
  }
  return records;
}

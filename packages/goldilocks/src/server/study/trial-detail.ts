// One trial whole, with its curves.
import { dirname } from 'node:path';
import type { Curves, TrialDetail } from '@goldilocks/protocol/page';
import type { FrozenTrial } from '@goldilocks/study';
import { learningRateAt, type TrainingSettings } from '@goldilocks/trainer';
import { HttpError } from '../../http/http-error.js';
import { recommendedParams, shownParams } from '../../journey/report/params.js';
import { changesFrom } from '../../search/changes.js';
import { trialAttributes } from '../../search/search-trial.js';
import { readRecord, type TrialRecord } from '../../search/trial-files.js';
import { stateFolderAt } from '../../state/folder.js';
import { notesOn } from '../../steer/commands.js';
import { emptyCurves, finite } from './live-state.js';
import { secondsOf, stepOf } from './shown.js';
import type { StudyView } from './study-view.js';

/** @throws HttpError 404 */
export async function trialDetail(view: StudyView, number: number): Promise<TrialDetail> {
  const trial = view.trials[number];
  if (trial === undefined) throw new HttpError(404, `The study «${view.study.name}» has no trial ${number}.`);
  const { userAttributes } = trial;
  const settings = (userAttributes[trialAttributes.settings] ?? null) as unknown as TrainingSettings | null;
  return {
    number,
    state: trial.state,
    params: trial.params as TrialDetail['params'],
    changed: changesOf(view, trial.params),
    values: trial.values?.map(finite) ?? null,
    intermediate: [...trial.intermediateValues]
      .sort(([a], [b]) => a - b)
      .map(([step, value]) => ({ step: stepOf(view, step), value: finite(value) })),
    startedAt: trial.startedAt?.toISOString() ?? null,
    completedAt: trial.completedAt?.toISOString() ?? null,
    seconds: secondsOf(trial),
    reason: text(userAttributes[trialAttributes.reason] ?? trial.systemAttributes.failure),
    failure: text(userAttributes[trialAttributes.failureKind]) || null,
    settings: settings as TrialDetail['settings'],
    userAttributes: userAttributes as TrialDetail['userAttributes'],
    curves: await curvesOf(view, number, settings),
    marked: view.marked.has(number),
    notes: notesOn(view.commands, number),
    origin: originOf(trial),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What differs from the recommended settings; of an own search only, as others have none. */
export function changesOf(
  { journey }: Pick<StudyView, 'journey'>,
  params: FrozenTrial['params'],
): TrialDetail['changed'] {
  const plan = journey?.plan;
  if (plan === undefined) return [];
  return changesFrom(shownParams(plan, recommendedParams(plan)), params as TrialDetail['params']);
}

function originOf({ number, systemAttributes, userAttributes }: FrozenTrial): TrialDetail['origin'] {
  if (userAttributes['goldilocks:past_study'] !== undefined) return 'past-study';
  if (userAttributes['goldilocks:command'] !== undefined) return 'person';
  return number === 0 && systemAttributes.fixed_params !== undefined ? 'recommended' : 'search';
}

/** Of the trial that runs as its events tell it, else as its folder keeps it. */
async function curvesOf(view: StudyView, number: number, settings: TrainingSettings | null): Promise<Curves> {
  const running = view.live.running.find(({ trial, purpose }) => trial === number && purpose === 'search');
  const record = view.folder === undefined ? undefined : await recordOf(view.folder, number);
  const kept = record === undefined ? emptyCurves() : recordedCurves(record);
  const curves = running === undefined ? kept : joined(kept, running.curves);
  return settings === null ? curves : { ...curves, schedule: drawnSchedule(settings, curves) };
}

function recordOf(studyFolder: string, number: number): Promise<TrialRecord | undefined> {
  const state = stateFolderAt(dirname(dirname(studyFolder)));
  return readRecord(state.trial(studyFolder.slice(state.runs.length + 1), number));
}

function recordedCurves({ curve, evaluations, bestStep, answers = [] }: TrialRecord): Curves {
  return {
    training: curve.map(({ loss, gradientNorm, tokensPerSecond, ...point }) => ({
      ...point,
      loss: finite(loss),
      gradientNorm: finite(gradientNorm),
      tokensPerSecond: finite(tokensPerSecond),
    })),
    validation: evaluations.map(({ step, epoch, share, loss, trainingLoss }) => ({
      ...{ step, epoch, share, loss: finite(loss), trainingLoss: finite(trainingLoss), best: step === bestStep },
    })),
    schedule: [],
    totalSteps: totalOf(evaluations),
    bestStep,
    answers,
  };
}

/** A measurement says at which share of the schedule its step lies. */
function totalOf(evaluations: TrialRecord['evaluations']): number | null {
  const last = evaluations.findLast(({ step, share }) => step > 0 && share > 0);
  return last === undefined ? null : Math.round(last.step / last.share);
}

/** What an earlier sitting left, up to where the running one begins. */
function joined(kept: Curves, running: Curves): Curves {
  const first = running.training[0]?.step ?? Number.POSITIVE_INFINITY;
  const measured = running.validation[0]?.step ?? Number.POSITIVE_INFINITY;
  return {
    ...running,
    training: [...kept.training.filter(({ step }) => step < first), ...running.training],
    validation: [...kept.validation.filter(({ step }) => step < measured), ...running.validation],
    totalSteps: running.totalSteps ?? kept.totalSteps,
    bestStep: running.bestStep ?? kept.bestStep,
    answers: running.answers.length > 0 ? running.answers : kept.answers,
  };
}

const drawnPoints = 100;

/** The whole schedule as the settings draw it. */
function drawnSchedule(settings: TrainingSettings, { totalSteps }: Curves): Curves['schedule'] {
  if (totalSteps === null || totalSteps < 1) return [];
  const count = Math.min(drawnPoints, totalSteps);
  const steps = Array.from({ length: count }, (_, i) => Math.round((i * (totalSteps - 1)) / Math.max(1, count - 1)));
  return [...new Set(steps)].map((step) => ({
    step: step + 1,
    learningRate: learningRateAt(settings.schedule, step, totalSteps, settings.learningRate),
  }));
}

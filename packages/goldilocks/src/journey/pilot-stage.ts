// Stage 3: a few steps through the whole path; then the cost of everything, said before it starts.
import type { TrainingSettings } from '@goldilocks/trainer';
import { runPilotIn } from '../pilot/in-folder.js';
import type { PilotResult } from '../pilot/pilot.js';
import { predictRun } from '../plan/cost.js';
import { formatSeconds } from '../plan/describe.js';
import { narrowLearningRate } from '../plan/learning-rate-bracket.js';
import type { Plan } from '../plan/plan.js';
import { limitToTrials } from '../plan/search-space.js';
import { type JourneyContext, runStage, tell } from './context.js';
import type { Prepared } from './inspect-stage.js';
import { budgetOf } from './options.js';
import { type Schedule, scheduleSearch } from './schedule.js';
import { type TrainingData, tokensOf } from './training-data.js';

/** The pilot's part of a budget in minutes, and its time where the budget counts trials. */
const pilotShare = 0.1;
const pilotSeconds = 120;

export interface Piloted {
  plan: Plan;
  pilot: PilotResult;
  schedule: Schedule;
}

export async function pilotStage(
  context: JourneyContext,
  prepared: Prepared,
  plan: Plan,
  data: TrainingData,
): Promise<Piloted> {
  const { record } = context;
  if (record.pilot !== undefined && record.schedule !== undefined) {
    return { plan, pilot: record.pilot, schedule: record.schedule };
  }
  return runStage(context, 'pilot', async () => {
    const pilot = await runOnce(context, prepared, plan, data);
    record.peakMemoryBytes = Math.max(record.peakMemoryBytes, pilot.peakMemoryBytes);
    const { microBatchTokens, gradientCheckpointing } = pilot;
    const device = deviceOf(context, plan, pilot);
    const fitting = { ...plan, settings: { ...plan.settings, microBatchTokens, gradientCheckpointing, ...device } };
    const narrowed = pilot.bracket === undefined ? fitting : narrowLearningRate(fitting, pilot.bracket);
    for (const warning of narrowed.warnings.filter((text) => !plan.warnings.includes(text)))
      tell(context, warning, 'warning');
    const schedule = scheduleFor(context, prepared, narrowed, data, pilot);
    const limited = { ...narrowed, searchSpace: limitToTrials(narrowed.searchSpace, schedule.trials) };
    Object.assign(record, { pilot, plan: limited, schedule });
    tell(context, costSentence(context, schedule, data.train.length));
    return { result: { plan: limited, pilot, schedule }, summary: pilotSentence(pilot) };
  });
}

/** All trials run where the pilot did: measured once, the same for each. */
function deviceOf(
  context: JourneyContext,
  { settings }: Plan,
  { device }: PilotResult,
): Pick<TrainingSettings, 'device'> {
  if (settings.device === undefined || device === undefined) return {};
  if (device.because !== 'as asked') {
    tell(context, `Device: ${device.name}, ${device.because}.`, settings.device === 'auto' ? 'info' : 'warning');
  }
  return { device: device.name };
}

function runOnce(context: JourneyContext, prepared: Prepared, plan: Plan, data: TrainingData): Promise<PilotResult> {
  const { minutes } = budgetOf(context.record.settings);
  return runPilotIn({
    engine: context.engine,
    model: prepared.model,
    settings: plan.settings,
    ...data,
    folder: context.state.trial(context.record.study, 'pilot'),
    seconds: minutes === undefined ? pilotSeconds : 60 * minutes * pilotShare,
    now: () => context.clock.elapsed,
    signal: context.signal,
  });
}

/** Predicts the seconds of a run of these settings, between two shares of its schedule, on training examples. */
export function runPredictor(prepared: Prepared, data: TrainingData, pilot: PilotResult) {
  const validationTokens = tokensOf(data, data.validation);
  const trainingTokens = tokensOf(data, data.train);
  return (settings: TrainingSettings, exampleShare: number, from = 0, to = 1): number => {
    const size = {
      trainingTokens: exampleShare * trainingTokens,
      validationTokens,
      supervisedShare: data.supervisedShare,
    };
    const seconds = (share: number) => predictRun(pilot.measurement, prepared.model, size, settings, share).seconds;
    return from === 0 ? seconds(to) : seconds(to) - seconds(from) + pilot.measurement.startSeconds;
  };
}

function scheduleFor(
  context: JourneyContext,
  prepared: Prepared,
  plan: Plan,
  data: TrainingData,
  pilot: PilotResult,
): Schedule {
  const { minutes, trials } = budgetOf(context.record.settings);
  const predict = runPredictor(prepared, data, pilot);
  return scheduleSearch({
    secondsLeft: minutes === undefined ? Number.POSITIVE_INFINITY : 60 * minutes - context.clock.elapsed,
    trials,
    examples: data.train.length,
    runSeconds: (share) => predict(plan.settings, share),
    startSeconds: pilot.measurement.startSeconds,
    testSeconds: testSeconds(prepared, data, pilot),
  });
}

/** Writing the result, the report, and starting what is needed for it. */
const writingSeconds = 2;
/** Answers cost a few evaluations more: labels are scored beside the loss, texts are generated token by token. */
const answerFactor = { label: 2, text: 6, plain: 1 };

function testSeconds({ task }: Prepared, data: TrainingData, { measurement }: PilotResult): number {
  const once = measurement.secondsPerEvaluationToken * tokensOf(data, data.test) * answerFactor[task.type];
  return writingSeconds + 4 * measurement.startSeconds + 3 * once;
}

function pilotSentence({ measurement, bracket, note }: PilotResult): string {
  const speed = Math.round(1 / Math.max(1e-9, measurement.secondsPerTrainingToken)).toLocaleString('en');
  return `${speed} tokens a second, ${formatSeconds(measurement.startSeconds)} to start. ${bracket?.reason ?? note}`;
}

/** What everything will cost, beside the budget. */
function costSentence(context: JourneyContext, schedule: Schedule, examples: number): string {
  const { minutes } = budgetOf(context.record.settings);
  const { searchSeconds, confirmSeconds, finalSeconds, testSeconds, trials, share, runSeconds } = schedule;
  const total = context.clock.elapsed + searchSeconds + confirmSeconds + finalSeconds + testSeconds;
  const on =
    share === 1
      ? `all ${examples} training examples`
      : `${Math.round(share * examples)} of ${examples} training examples`;
  const budget = minutes === undefined ? '' : ` of a budget of ${formatSeconds(60 * minutes)}`;
  return (
    `One run takes about ${formatSeconds(runSeconds)} on ${on}. The search will try about ${trials} settings: ` +
    `${formatSeconds(searchSeconds)} for the search, ${formatSeconds(confirmSeconds)} to confirm, ` +
    `${formatSeconds(finalSeconds + testSeconds)} for final runs and test; ${formatSeconds(total)} in all${budget}.`
  );
}

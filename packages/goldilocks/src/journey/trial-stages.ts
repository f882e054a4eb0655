// What search, confirmation and final runs share: the examples, the score, and how their runs are told of.
import type { JourneyEvent, ParamValue } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Parameters } from '../plan/hyperparameters.js';
import { type Plan, paramsFromSettings, settingsFromParams } from '../plan/plan.js';
import type { TrialSetting, TrialTask } from '../search/run-trial.js';
import type { SearchTrial } from '../search/search-trial.js';
import type { JourneyContext } from './context.js';
import type { Prepared } from './inspect-stage.js';
import { objectiveScore } from './objective.js';
import type { Piloted } from './pilot-stage.js';
import { shownChanges, shownParams } from './report/params.js';
import { lossOnReference, type Retention } from './retention.js';
import { answerSampler } from './sampled-answers.js';
import { stratifiedSubset } from './subset.js';
import { examplesOf, type TrainingData } from './training-data.js';

export interface TrialStages {
  context: JourneyContext;
  prepared: Prepared;
  piloted: Piloted;
  data: TrainingData;
  retention?: Retention;
}

/** The setting of runs on a share of the training examples. */
export function trialSetting(stages: TrialStages, share: number): TrialSetting {
  const { context, prepared, piloted, data, retention } = stages;
  const rows = data.validation.map((index) => prepared.data.rows[index]!);
  const count = Math.round(share * data.train.length);
  return {
    engine: context.engine,
    steering: context.steering,
    model: prepared.model.directory,
    train: examplesOf(data, stratifiedSubset(prepared.data.rows, data.train, count)),
    validation: examplesOf(data, data.validation),
    emit: (event) => context.emit(shownEvent(piloted.plan, event)),
    score: objectiveScore({
      task: prepared.task,
      metric: prepared.objective,
      validation: { rows, labels: prepared.data.labels ?? [] },
      retention,
    }),
    sample: answerSampler(stages),
    referenceLoss: retention && ((process) => lossOnReference(process, retention)),
    checkpointEverySeconds: checkpointSeconds(prepared.model.parameters),
    onStart: announce(stages, share),
    onSitting({ tokens, peakMemoryBytes }) {
      const { record } = context;
      record.peakMemoryBytes = Math.max(record.peakMemoryBytes, peakMemoryBytes);
      record.tokens += tokens;
    },
  };
}

/** A checkpoint of a small model costs nothing; one of a large model takes seconds to write. */
function checkpointSeconds(parameters: number): number {
  return Math.min(120, Math.max(5, parameters / 2e6));
}

/** Says which run begins, with the parameters that its settings stand for. */
function announce({ context, piloted }: TrialStages, share: number) {
  const { plan } = piloted;
  return ({ number: trial, purpose, settings, resumedAt = 0 }: TrialTask): void => {
    const values = paramsFromSettings(plan, settings);
    const params = shownParams(plan, values);
    const changed = shownChanges(plan, values);
    context.emit({ type: 'trial-started', trial, purpose, params, changed, resumedAt, subset: share });
  };
}

/** Events name parameters as people read them. */
function shownEvent(plan: Plan, event: JourneyEvent): JourneyEvent {
  if (event.type !== 'best') return event;
  const shown = (name: string, value: ParamValue) => shownParams(plan, { [name]: value })[name]!;
  const changed = event.changed.map(({ name, from, to }) => ({ name, from: shown(name, from), to: shown(name, to) }));
  return { ...event, changed };
}

export function settingsOfTrial(plan: Plan, trials: readonly SearchTrial[], number: number): TrainingSettings {
  const trial = trials.find((candidate) => candidate.number === number);
  if (trial === undefined) throw new RangeError(`There is no trial ${number}.`);
  return settingsFromParams(plan, trial.params as Parameters);
}

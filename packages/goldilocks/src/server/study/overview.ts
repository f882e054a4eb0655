// A study at a glance.
import type { ParamValue, StudyOverview, StudyParameter } from '@goldilocks/protocol/page';
import type { Distribution, NumericDistribution } from '@goldilocks/study';
import { describeObjective } from '../../journey/objective.js';
import { budgetOf } from '../../journey/options.js';
import { quote } from '../../journey/report/command.js';
import { reportAdjustments } from '../../journey/report/context.js';
import { recommendedParams, shownParams } from '../../journey/report/params.js';
import { searchBudget } from '../../optimize/options.js';
import { hyperparameterFacts } from '../../report/hyperparameter-facts.js';
import { whyNotSteered } from '../../steer/check-command.js';
import { notesOn, toldRanges } from '../../steer/commands.js';
import { finite } from './live-state.js';
import { isChief, titleOf } from './shown.js';
import type { StudyView } from './study-view.js';
import { bestIn, objectiveOf, summaryOf } from './summary.js';
import { changesOf } from './trial-detail.js';

/** `view` must be fresh. */
export function overviewOf(view: StudyView): StudyOverview {
  const { live, study, journey, commands } = view;
  const summary = summaryOf(view);
  const best = bestOf(view);
  return {
    summary,
    seq: live.seq,
    stages: live.stages,
    ...timesOf(view),
    trialsDone: view.trials.filter(({ state }) => state !== 'WAITING' && state !== 'RUNNING').length,
    trialsPlanned: budgetIn(view).trials ?? null,
    directions: [...study.directions],
    metricNames: [...(view.metricNames ?? study.directions.map((_, i) => objectiveName(i, study.directions.length)))],
    objectiveTitle: objectiveTitle(view),
    best,
    base: isLossObjective(view) ? live.baseLoss : null,
    recommended: summary.recommended,
    parameters: parametersOf(view),
    adjustments: journey?.plan === undefined ? [] : reportAdjustments(journey.plan),
    running: live.running,
    messages: [...live.messages],
    commands,
    whyNotSteered: whyNotSteered(view),
    notes: notesOn(commands, undefined),
    error: live.ended?.type === 'journey-failed' ? live.ended.message : '',
    resumeCommand: view.kind === 'other' ? '' : `goldilocks resume ${quote(study.name)}`,
    hasReport: journey?.report !== undefined,
  };
}

function objectiveName(i: number, count: number): string {
  return count === 1 ? 'Objective Value' : `Objective ${i}`;
}

export function objectiveTitle({ journey, metricNames }: StudyView): string {
  if (journey?.report !== undefined) return journey.report.task.objective.title;
  if (journey === undefined) return metricNames?.[0] ?? 'objective value';
  const { metric } = journey.settings;
  return metric === undefined || metric === 'loss' ? describeObjective(undefined).title : (metricNames?.[0] ?? metric);
}

function isLossObjective({ journey }: StudyView): boolean {
  const metric = journey?.settings.metric;
  return journey !== undefined && (metric === undefined || metric === 'loss');
}

function budgetIn({ journey, search }: StudyView): { minutes?: number | undefined; trials?: number | undefined } {
  if (journey !== undefined) return budgetOf(journey.settings);
  return search === undefined ? {} : searchBudget(search.settings);
}

function timesOf(view: StudyView) {
  const { live, secondsUsed } = view;
  const { minutes, trials } = budgetIn(view);
  const isDone = live.ended?.type === 'journey-finished';
  const left = minutes === undefined ? leftByTrials(live.budget) : Math.max(0, 60 * minutes - secondsUsed);
  return {
    secondsUsed,
    secondsLeft: isDone ? 0 : left,
    budget: { seconds: minutes === undefined ? null : 60 * minutes, trials: trials ?? null },
  };
}

/** As the trials so far took; the stages after the search are not in it. */
function leftByTrials(budget: StudyView['live']['budget']): number | null {
  if (budget?.trialsPlanned == null || budget.trialsDone === 0) return null;
  return (Math.max(0, budget.trialsPlanned - budget.trialsDone) * budget.secondsUsed) / budget.trialsDone;
}

/** The best complete trial; before there is one, the one that the search says is ahead. */
function bestOf(view: StudyView): StudyOverview['best'] {
  const complete = bestIn(view);
  const told = view.live.best;
  const number = complete?.trial ?? told?.trial;
  const trial = number === undefined ? undefined : view.trials[number];
  if (trial === undefined) return null;
  return {
    trial: trial.number,
    value: complete?.value ?? finite(told?.value) ?? objectiveOf(trial),
    params: trial.params as NonNullable<StudyOverview['best']>['params'],
    changed: changesOf(view, trial.params),
  };
}

/** What is searched now: what a person said, or the newest trial's distributions; of a journey with the plan's names and units. */
function parametersOf(view: StudyView): StudyParameter[] {
  const plan = view.journey?.plan;
  const newest: Record<string, Distribution> = {};
  const first: Record<string, Distribution> = {};
  for (const { distributions } of view.trials) {
    for (const [name, distribution] of Object.entries(distributions)) {
      first[name] ??= distribution;
      newest[name] = distribution;
    }
  }
  const told = toldRanges(view.commands);
  const recommended = plan === undefined ? recommendedIn(view) : shownParams(plan, recommendedParams(plan));
  return Object.entries(newest).map(([name, distribution]) => ({
    name,
    title: titleOf(name),
    unit: isChief(name) ? hyperparameterFacts[name].unit : '',
    scale: distribution.type === 'categorical' ? 'choice' : distribution.log ? 'log' : 'linear',
    integer: distribution.type === 'int',
    searched: told[name] ?? searchedOf(distribution),
    choices: choicesOf(distribution),
    recommended: recommended[name] ?? null,
    changed: told[name] !== undefined || JSON.stringify(first[name]) !== JSON.stringify(distribution),
  }));
}

function searchedOf(distribution: Distribution): StudyParameter['searched'] {
  const choices = choicesOf(distribution);
  if (choices !== null) return { choices };
  const { low, high } = distribution as NumericDistribution;
  return { low, high };
}

function choicesOf(distribution: Distribution): ParamValue[] | null {
  if (distribution.type !== 'categorical') return null;
  return distribution.choices.map((choice) =>
    typeof choice === 'object' && choice !== null ? JSON.stringify(choice) : choice,
  ) as ParamValue[];
}

/** What the space of a search over a command recommends. */
function recommendedIn({ search }: StudyView): Record<string, ParamValue> {
  const { parameters = {} } = search?.settings.space ?? {};
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { recommended }]) =>
      recommended === undefined || typeof recommended === 'object' ? [] : [[name, recommended as ParamValue]],
    ),
  );
}

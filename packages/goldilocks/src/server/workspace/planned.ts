// A plan as the page shows it before a start.

import { hyperparameterNames } from '@goldilocks/protocol';
import type { Planned, PlannedHyperparameter, RunRequest } from '@goldilocks/protocol/page';
import { reportAdjustments } from '../../journey/report/context.js';
import { shownParams, shownRanges } from '../../journey/report/params.js';
import { readHyperparameter } from '../../plan/hyperparameters.js';
import type { Plan } from '../../plan/plan.js';
import type { SearchParameter } from '../../plan/search-space.js';
import type { PlannedData } from '../../preview/plan-data.js';
import { hyperparameterFacts } from '../../report/hyperparameter-facts.js';
import { distributionsOf } from '../../search/space.js';
import { rangedDistribution, unitsOf } from '../../steer/ranges.js';
import { isChief, titleOf } from '../study/shown.js';

/** @throws UserError for ranges that cannot be searched */
export function plannedOf({ plan, cost }: PlannedData, ranges: RunRequest['ranges'] = {}): Planned {
  const space = distributionsOf(plan.searchSpace);
  for (const [name, range] of Object.entries(ranges))
    rangedDistribution(space, { kind: 'range', name, ...range }, unitsOf(plan), true);
  const { name, parameters, layers } = plan.model;
  return {
    model: { name, parameters, layers },
    taskKind: plan.taskKind.kind,
    settings: plan.settings as Planned['settings'],
    hyperparameters: plan.searchSpace.parameters.map((parameter) => hyperparameterOf(plan, parameter, ranges)),
    adjustments: reportAdjustments(plan),
    stages: plan.stages.map(({ name: stage, seconds = null, runs = null, does }) => ({ stage, seconds, runs, does })),
    warnings: plan.warnings,
    similarity: plan.similarity?.sentence ?? '',
    cost: cost === undefined ? null : { ...cost, trials: cost.trials ?? null },
  };
}

function hyperparameterOf(
  plan: Plan,
  parameter: SearchParameter,
  ranges: NonNullable<RunRequest['ranges']>,
): PlannedHyperparameter {
  const { name, fixed = null, source } = parameter;
  const shown = (value: unknown) => shownParams(plan, { [name]: value })[name] ?? null;
  const recommendation = (
    plan.recommendation as unknown as Record<string, { value: unknown; source: string } | undefined>
  )[name];
  const table = recommendation?.value;
  const scale = parameter.kind === 'categorical' ? 'choice' : parameter.log ? 'log' : 'linear';
  return {
    name,
    title: isChief(name) ? hyperparameterFacts[name].title : titleOf(name),
    explanation: isChief(name) ? hyperparameterFacts[name].explanation : '',
    chief: (hyperparameterNames as readonly string[]).includes(name),
    unit: isChief(name) ? hyperparameterFacts[name].unit : '',
    scale: isChief(name) && parameter.kind !== 'categorical' ? hyperparameterFacts[name].scale : scale,
    value: shown(readHyperparameter(plan.settings, name, plan.model.layers)),
    recommended: tableValue(name, table) ?? shown(parameter.recommended),
    searched: fixed === null ? (ranges[name] ?? shownRanges(plan)[name] ?? null) : null,
    fixed,
    source: recommendation?.source ?? source,
  };
}

/** The table holds whole settings for some: a schedule with its parameters, frozen layers as their number. */
function tableValue(name: string, value: unknown): string | number | null {
  if (name === 'schedule' && typeof value === 'object') return (value as { name?: string } | null)?.name ?? null;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

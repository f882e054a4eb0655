// What the search found out about each hyperparameter, for the report.
import type { Gain, Hyperparameter, OtherSetting, ReportTrial, Searched } from '@goldilocks/protocol';
import { type FrozenTrial, pairedDifference, pedAnovaImportance, projectedHistory } from '@goldilocks/study';
import type { ChosenDevice, TrainingSettings } from '@goldilocks/trainer';
import { hyperparameterNames, type Hyperparameter as Name, readHyperparameter } from '../../plan/hyperparameters.js';
import { trainingOptions } from '../../plan/options.js';
import type { Plan } from '../../plan/plan.js';
import { gainOf } from '../../report/gain.js';
import { describeHyperparameters, searchedParameters } from '../../report/hyperparameters.js';
import { noiseLevel } from '../../report/noise.js';
import type { TrialRecord } from '../../search/trial-files.js';
import { recommendedParams, shownRanges } from './params.js';

export interface FindingsInput {
  plan: Plan;
  settings: TrainingSettings;
  /** The trial whose settings are delivered. */
  winner: number;
  objectiveTitle: string;
  trials: readonly ReportTrial[];
  frozen: readonly FrozenTrial[];
  records: ReadonlyMap<number, TrialRecord>;
  seedDeviation: number | null;
  /** Ranges that a person searched in place of the planned ones, by name. */
  told: Readonly<Record<string, Searched>>;
  /** Where the pilot ran, and why there. */
  device?: ChosenDevice;
}

export interface Findings {
  hyperparameters: Hyperparameter[];
  otherSettings: OtherSetting[];
  noise: number;
  gain: Gain | null;
}

export function findings(input: FindingsInput): Findings {
  const { plan, settings, trials, winner, objectiveTitle, told } = input;
  const planned = shownRanges(plan);
  const noise = noiseLevel({
    seedDeviation: input.seedDeviation,
    pairedErrors: pairedErrors(input),
    best: trials.find(({ number }) => number === winner)?.value ?? 1,
  });
  // Evidence is reckoned over all that was searched, before and after a person's word.
  const both = Object.entries(planned).map(([name, range]) => [name, union(range, told[name])] as const);
  const space = { searched: Object.fromEntries(both), layers: plan.model.layers };
  const objective = { title: objectiveTitle, direction: 'minimize' } as const;
  const hyperparameters = describeHyperparameters({
    settings,
    recommended: plan.settings,
    ...space,
    trials,
    incumbent: winner,
    objective,
    noise,
    importance: importanceOf(input.frozen),
  });
  const gain = gainOf({ parameters: searchedParameters(space), trials, winner, objective });
  const named = hyperparameters.map((one) => ({ ...one, searched: told[one.name] ?? one.searched }));
  return { hyperparameters: named, otherSettings: otherSettings(input), noise, gain };
}

function union(planned: Searched, told: Searched | undefined): Searched {
  if (told === undefined) return planned;
  if ('choices' in planned) {
    return 'choices' in told ? { choices: [...new Set([...planned.choices, ...told.choices])] } : planned;
  }
  if ('choices' in told) return planned;
  return { low: Math.min(planned.low, told.low), high: Math.max(planned.high, told.high) };
}

/** Standard errors of the differences to the winner over the validation examples, of trials that came as far. */
function pairedErrors({ trials, records, winner }: FindingsInput): number[] {
  const best = records.get(winner)?.perExample;
  if (best === undefined || best.length < 2) return [];
  return trials
    .filter(({ number, state }) => number !== winner && state === 'complete')
    .map(({ number }) => records.get(number)?.perExample)
    .filter((values) => values?.length === best.length)
    .map((values) => pairedDifference(values!, best).standardError);
}

/** The best group that importance looks at should have five trials, of at least twice as many. */
const bestGroup = 5;

function importanceOf(frozen: readonly FrozenTrial[]): Record<string, number> | null {
  const { finished } = projectedHistory({ trials: frozen });
  const usable = finished.filter(({ state }) => state === 'COMPLETE');
  if (usable.length < 2 * bestGroup) return null;
  return pedAnovaImportance(usable, { targetQuantile: Math.max(0.1, bestGroup / usable.length) });
}

const beside: Name[] = ['warmup', 'unfreeze', 'loraRank', 'patience'];

function otherSettings({ plan, settings, device }: FindingsInput): OtherSetting[] {
  const recommended = recommendedParams(plan);
  const found = beside.flatMap((name) => {
    const value = readHyperparameter(settings, name, plan.model.layers);
    if (value === undefined) return [];
    const parameter = plan.searchSpace.parameters.find((candidate) => candidate.name === name);
    const planned = readHyperparameter(plan.settings, name, plan.model.layers) ?? recommended[name] ?? null;
    const searched = parameter !== undefined && parameter.fixed === undefined;
    const note = parameter?.fixed?.because ?? '';
    return [{ name, title: capital(hyperparameterNames[name]), value, recommended: planned, searched, note }];
  });
  const options = trainingOptions(settings).map(({ name, text: value }) => {
    const note = (name === 'device' && device?.because) || 'as asked';
    return { name, title: capital(name), value, recommended: null, searched: false, note };
  });
  return [...found, ...options];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

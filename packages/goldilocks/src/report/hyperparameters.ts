// Assembles what the report says about the seven hyperparameters from the search's trials.
import {
  type Hyperparameter,
  hyperparameterNames,
  type ReportTrial,
  type Scale,
  type Searched,
  type TrainingSettings,
} from '@goldilocks/protocol';
import type { SearchedParameter } from './axis-scale.js';
import { agreeing, closedBy } from './certain-sides.js';
import { certainZones } from './certain-zones.js';
import { judge, type Objective } from './evidence.js';
import { type HyperparameterFacts, hyperparameterFacts, typicalEffectBeside } from './hyperparameter-facts.js';
import { nameText } from './text.js';
import { findZones } from './zones.js';

export interface HyperparametersInput {
  /** The chosen settings, and those the search started from. */
  settings: TrainingSettings;
  recommended: TrainingSettings;
  /** Number of the base model's layers. */
  layers: number;
  /** What was searched, by the name trials use in `params`; the seven go by `hyperparameterNames`, others by any name. */
  searched: Record<string, Searched>;
  trials: readonly ReportTrial[];
  /** Number of the trial whose settings were chosen. */
  incumbent: number;
  objective: Objective;
  /** The difference in the objective that chance alone makes (see `noiseLevel`). */
  noise: number;
  /** Importance in [0, 1] by name, or null where there were too few trials for it. */
  importance: Readonly<Record<string, number>> | null;
}

/** The seven, in their order, each with its zone, verdict and evidence. */
export function describeHyperparameters(input: HyperparametersInput): Hyperparameter[] {
  const { trials, incumbent, noise, objective } = input;
  const parameters = searchedParameters(input);
  const searched = { parameters, trials, incumbent, direction: objective.direction, noise };
  const findings = findZones(searched);
  const certain = certainZones(searched);
  return hyperparameterNames.map((name) => {
    const facts = hyperparameterFacts[name];
    const value = facts.read(input.settings);
    const estimated = findings.find((candidate) => candidate.name === name) ?? null;
    const finding = estimated && closedBy(certain.get(name), estimated);
    const judgement = judge(finding, value, { objective, noise, nameOf: nameText });
    return {
      name,
      title: facts.title,
      explanation: facts.explanation,
      value,
      recommended: facts.read(input.recommended),
      unit: facts.unit,
      scale: facts.scale,
      searched: input.searched[name] ?? null,
      zone: judgement.verdict === 'not-tested' ? null : (finding?.zone ?? null),
      certain: agreeing(certain.get(name), finding?.zone ?? null),
      importance: judgement.verdict === 'not-tested' ? null : (input.importance?.[name] ?? null),
      ...judgement,
      points: finding?.points ?? [],
      note: facts.note(input.settings),
    };
  });
}

/** What was searched, as zones and gains take it. */
export function searchedParameters({
  searched,
  layers,
}: Pick<HyperparametersInput, 'searched' | 'layers'>): SearchedParameter[] {
  return Object.entries(searched).map(([name, range]) => {
    const facts: HyperparameterFacts | undefined = Object.entries(hyperparameterFacts).find(
      ([key]) => key === name,
    )?.[1];
    return {
      name,
      scale: facts?.scale ?? guessScale(range),
      searched: range,
      leastPossible: facts?.leastPossible,
      mostPossible: facts?.mostPossible?.(layers),
      typicalEffect: facts?.typicalEffect ?? typicalEffectBeside[name],
    };
  });
}

/** Settings beside the seven: ordered where all values are numbers, logarithmic where they span a factor of ten. */
function guessScale(range: Searched): Scale {
  const values = 'choices' in range ? range.choices : [range.low, range.high];
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return 'choice';
  const least = Math.min(...numbers);
  return least > 0 && Math.max(...numbers) / least >= 10 ? 'log' : 'linear';
}

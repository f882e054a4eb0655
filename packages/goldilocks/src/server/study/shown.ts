// How stored things are shown: names for people, steps as shares, seconds of work.
import { type HyperparameterName, hyperparameterNames } from '@goldilocks/protocol';
import type { FrozenTrial } from '@goldilocks/study';
import { type Hyperparameter, hyperparameterNames as namesForPeople } from '../../plan/hyperparameters.js';
import { hyperparameterFacts } from '../../report/hyperparameter-facts.js';
import { trialAttributes } from '../../search/search-trial.js';
import type { StudyView } from './study-view.js';

/** A parameter's name for people; that of a parameter of another program is its own. */
export function titleOf(name: string): string {
  if (isChief(name)) return hyperparameterFacts[name].title;
  const known = Object.hasOwn(namesForPeople, name) ? namesForPeople[name as Hyperparameter] : name;
  return known === name ? name : known.charAt(0).toUpperCase() + known.slice(1);
}

/** Whether it is one of the seven. */
export function isChief(name: string): name is HyperparameterName {
  return (hyperparameterNames as readonly string[]).includes(name);
}

/** A journey's trials are measured at thousandths of their schedule; those of others at steps of their own. */
export function stepOf({ kind }: Pick<StudyView, 'kind'>, step: number): number {
  return kind === 'journey' ? step / 1000 : step;
}

/** Seconds of work: as told, else from start to end. */
export function secondsOf({ userAttributes, startedAt, completedAt }: FrozenTrial): number | null {
  const told = userAttributes[trialAttributes.seconds];
  if (typeof told === 'number') return told;
  if (startedAt === null || completedAt === null) return null;
  return Math.max(0, (completedAt.getTime() - startedAt.getTime()) / 1000);
}

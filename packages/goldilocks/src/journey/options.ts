// What a person can ask of a journey.
import type { JourneyEvent, Searched } from '@goldilocks/protocol';
import type { ClusterOptions } from '../cluster/cluster-options.js';
import { UserError } from '../errors.js';
import type { MetricName } from '../evaluate/metrics.js';
import type { ColumnOptions, TaskKind } from '../inspect/types.js';
import type { UserSettings } from '../plan/user-settings.js';
import type { Template, TrialEngine } from '../workers/operations.js';

/** How to read the data. */
export interface DataOptions extends ColumnOptions {
  /** A file or a folder with train, validation and test files. */
  data: string;
  task?: TaskKind;
  /** Leave unreadable rows out instead of refusing the file. */
  skipBadRows?: boolean;
  validationShare?: number;
  testShare?: number;
}

/** What every verb that trains or measures takes. */
export interface ModelOptions {
  /** A shipped model's name or a Hugging Face directory. Default: `goldilocks-base`. */
  model?: string;
  /** How examples are laid out; default: `chat` for conversations and for models tuned to chat, else `plain`. */
  template?: Template;
}

/** What a caller of the library may add to any verb. */
export interface RunControl {
  /** Raised: the current step is finished and saved, and the promise rejects with `Interrupted`. */
  signal?: AbortSignal;
  onEvent?: (event: JourneyEvent) => void;
  /** Where processes run; default: on this machine. */
  engine?: TrialEngine;
  /** Default: `.goldilocks` beside the data. */
  stateDirectory?: string;
}

export interface JourneySettings extends DataOptions, ModelOptions {
  /** The folder for the result; new or empty. */
  out: string;
  /** Replace an earlier result in `out`. */
  overwrite?: boolean;
  /** Time for the whole journey, or trials of the search. Default: 30 minutes. */
  budget?: { minutes?: number; trials?: number };
  /** What the search improves: the validation loss (default), or a metric of the task. */
  metric?: MetricName | 'loss';
  method?: 'lora' | 'full';
  /** Of everything random; default 0. */
  seed?: number;
  /** Hyperparameters fixed by the person: neither adjusted nor searched. */
  settings?: UserSettings;
  /** Ranges to search in place of the plan's, or choices left of them, in values as people read them. */
  ranges?: Readonly<Record<string, Searched>>;
  /** Rise of the loss on the reference text, in nats, above which the search counts what is forgotten against a trial. */
  retentionLimit?: number;
  /** Name of the study; default: the data's name with a number. */
  study?: string;
  /** Take nothing from earlier studies. Default: the best settings of those on like data are tried early. */
  fresh?: boolean;
  /** Other machines that run the trials of the search; default: none. */
  cluster?: ClusterOptions;
}

export type FineTuneOptions = JourneySettings & RunControl;

const defaultMinutes = 30;

export function budgetOf({ budget }: JourneySettings): { minutes?: number; trials?: number } {
  if (budget?.minutes === undefined && budget?.trials === undefined) return { minutes: defaultMinutes };
  return budget;
}

/** Throws UserError for options that no journey can follow. */
export function checkJourneySettings(settings: JourneySettings): void {
  const { minutes, trials } = budgetOf(settings);
  if (minutes !== undefined && !(minutes > 0 && Number.isFinite(minutes))) {
    throw new UserError(`The budget is ${minutes} minutes; give a time above 0, such as 30m.`);
  }
  if (trials !== undefined && !(Number.isInteger(trials) && trials >= 1)) {
    throw new UserError(`The number of trials is ${trials}; give a whole number from 1, such as 12.`);
  }
  const { seed = 0, retentionLimit = 0, study } = settings;
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31) {
    throw new UserError(`The seed is ${seed}; give a whole number from 0 to ${2 ** 31 - 1}.`);
  }
  if (!(retentionLimit >= 0))
    throw new UserError(`The retention limit is ${retentionLimit}; give nats from 0, such as 0.1.`);
  if (study !== undefined && !/^[\w][\w .-]{0,99}$/.test(study)) {
    throw new UserError(`«${study}» cannot name a study: use letters, digits, spaces, dots and dashes, at most 100.`);
  }
}

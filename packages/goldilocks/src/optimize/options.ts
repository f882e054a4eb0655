// What a search over a command's flags is asked for.

import type { SpaceFile } from '@goldilocks/protocol';
import type { Place } from '../cluster/cluster-options.js';
import type { OptimizeEvent } from './events.js';
import type { Launcher } from './launcher.js';

export const prunerNames = ['median', 'asha', 'hyperband', 'none'] as const;
export type PrunerName = (typeof prunerNames)[number];

export const samplerNames = ['auto', 'tpe', 'gp', 'cma', 'random', 'qmc', 'nsga2'] as const;
export type SamplerName = (typeof samplerNames)[number];

/** What is kept with the study, so that it can be resumed. */
export interface OptimizeSettings {
  /** Program and arguments, with placeholders such as `{learning_rate}`. */
  readonly command: readonly string[];
  readonly space: SpaceFile;
  /** The command reads its parameters from the environment or the parameters' file by itself. */
  readonly fromEnvironment?: boolean;
  /** Time for everything, over all sittings. */
  readonly minutes?: number;
  /** Trials in all, over all sittings. Default 30 where no time is given either. */
  readonly trials?: number;
  /** Commands at a time. Default: one for each device, else 1. */
  readonly concurrency?: number;
  /** One for each command at a time, e.g. `['0', '1']` for CUDA. */
  readonly devices?: readonly string[];
  readonly sampler?: SamplerName;
  readonly pruner?: PrunerName;
  /** Of the search, and what `{seed}` stands for. Default 0. */
  readonly seed?: number;
  /** For one trial. */
  readonly trialMinutes?: number;
  /** Between asking a command to end and ending it. Default 10. */
  readonly graceSeconds?: number;
  /** How often the settings of a command that ended with an error are tried again. Default 0. Lost ones: at least once. */
  readonly retries?: number;
  /** So many failed trials in a row end the search. Default 3. */
  readonly maxFailures?: number;
  /** Ends the search after so many complete trials without a better one. Default: never. */
  readonly patience?: number;
}

/** Where commands run; kept with the study, so that a resumed search goes on there. */
export interface CommandPlace {
  readonly on: Place | { readonly kind: 'here' };
  /** For each command, on Ray. */
  readonly trialCpus?: number;
  readonly trialGpus?: number;
  /** Whether Ray's nodes see this machine's disk under the same paths. */
  readonly sharedDisk?: boolean;
}

export interface OptimizeControl {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: OptimizeEvent) => void;
  /** Starts the commands; default: on this machine. The caller closes it. */
  readonly launcher?: Launcher;
  /** Where that is, to be kept. */
  readonly place?: CommandPlace;
}

export interface OptimizeOptions extends OptimizeSettings, OptimizeControl {
  /** Default: the program's name with a number. With a `storage`, a study of that name that is there is joined. */
  readonly study?: string;
  /** Where studies and trials are kept. Default `.goldilocks` in the working folder. */
  readonly stateDirectory?: string;
  /** A database shared with others instead of the state folder's own: see `openStorage` of the study package. */
  readonly storage?: string;
}

/** What a resumed search may be asked for anew. */
export type ResumeSearchOptions = OptimizeControl &
  Partial<Omit<OptimizeSettings, 'command' | 'space' | 'fromEnvironment'>> & {
    readonly study: string;
    readonly stateDirectory: string;
    /** Needed again where it has a password. */
    readonly storage?: string;
  };

export const defaultTrials = 30;
export const defaultSeed = 0;

/** The limits of a search; where neither is given, so many trials. */
export function searchBudget({ minutes, trials }: Pick<OptimizeSettings, 'minutes' | 'trials'>) {
  return { minutes, trials: trials ?? (minutes === undefined ? defaultTrials : undefined) };
}

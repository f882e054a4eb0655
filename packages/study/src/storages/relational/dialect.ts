/** What differs between the databases that hold Optuna's tables. */

import type { Compilable, Kysely, RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Attributes, FinishedState, FrozenTrial } from '../../trial/frozen-trial.js';
import type { StartedTrial, TrialChanges, TrialFilter } from '../storage.js';
import type { Tables } from './schema.js';
import type { Script } from './script.js';

export type Builder = Kysely<Tables>;

/** Queries, and what their rows mean together. */
export interface Selection<T> {
  readonly queries: readonly Compilable<unknown>[];
  read(rows: readonly (readonly unknown[])[]): T;
}

export type TrialCondition =
  | { readonly trialId: number }
  | { readonly studyId: number; readonly filter?: TrialFilter | undefined };

export interface Traces {
  /** Whether the transaction wrote to the trial. */
  wrote(transaction: string, trialId: number): Script<boolean>;
}

/** The writes of every trial, each as one message that is a transaction by itself; see `alone`. */
export interface WholeWrites {
  /**
   * Writes parameters to a running trial, and system attributes with them.
   * @param repeated it may have happened already
   * @returns false when nothing has happened, as the trial is of another study
   */
  writeParams(
    trial: { readonly id: number; readonly studyId: number },
    params: NonNullable<TrialChanges['params']>,
    systemAttributes: Attributes,
    repeated: boolean,
  ): Script<boolean>;
  /** Ends a running trial. */
  finishTrial(trialId: number, end: TrialEnd, systemAttributes: Attributes, repeated: boolean): Script<void>;
}

export interface TrialEnd {
  readonly state: FinishedState;
  readonly values: readonly number[] | null;
  readonly completedAt: Date;
}

export interface Dialect {
  readonly db: Builder;
  /** The database's time, as a value for `trial_heartbeats.heartbeat`. */
  readonly clock: RawBuilder<string>;
  /** Locks the selected rows against other writers until the transaction ends. */
  locked<T extends keyof Tables, R>(query: SelectQueryBuilder<Tables, T, R>): SelectQueryBuilder<Tables, T, R>;
  /**
   * The script that starts the oldest waiting trial, or else a new one. Where the answer to a commit can be lost, it is run
   * again without recall, and finds what it did.
   * @param settledUpTo no trial up to this id is waiting any more
   * @param filter trials to read besides, where that costs no further message; left out by others
   */
  startTrial(studyId: number, settledUpTo: number, now: Date, filter?: TrialFilter): () => Script<StartedTrial>;
  /** How to look for the traces of a transaction, where a commit's answer can be lost. */
  readonly traces?: Traces;
  /** Where a message can be a transaction by itself. */
  readonly whole?: WholeWrites;
  /** All trials of a study, where there is a quicker way than `selectTrials`. */
  readStudy?(studyId: number): Script<FrozenTrial[]>;
  /** Trials by ascending id. */
  selectTrials(condition: TrialCondition): Selection<FrozenTrial[]>;
}

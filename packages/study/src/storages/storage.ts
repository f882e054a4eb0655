/** The contract that every storage meets. `@goldilocks/study/testing` holds the suite that checks it. */

import type { Distribution } from '../distributions/distribution.js';
import type { JsonValue } from '../json.js';
import type { Attributes, Direction, FinishedState, FrozenTrial, TrialTemplate } from '../trial/frozen-trial.js';

/** A study made elsewhere, as a whole. */
export interface StudyTemplate {
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly userAttributes?: Attributes;
  readonly systemAttributes?: Attributes;
  /** In the order of their numbers, which count from 0. */
  readonly trials?: readonly TrialTemplate[];
}

/** A study as the storage knows it. */
export interface FrozenStudy {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly userAttributes: Attributes;
  readonly systemAttributes: Attributes;
}

/** A parameter as it is stored: its internal number (see `toInternal`) and where it was drawn from. */
export interface StoredParam {
  readonly internal: number;
  readonly distribution: Distribution;
}

/** What one write may add to a running trial; all of it becomes visible together or not at all. */
export interface TrialChanges {
  readonly params?: ReadonlyMap<string, StoredParam>;
  readonly intermediateValues?: ReadonlyMap<number, number>;
  readonly userAttributes?: Attributes;
  readonly systemAttributes?: Attributes;
}

/** Which trials of a study to read; both together mean the union. */
export interface TrialFilter {
  /** Those whose id is larger. */
  readonly newerThan: number;
  /** And those with these ids. */
  readonly also: readonly number[];
}

/** A trial that was started, and those that were read afterwards; undefined where they have to be asked for. */
export interface StartedTrial {
  readonly trial: FrozenTrial;
  readonly trials?: readonly FrozenTrial[] | undefined;
}

/**
 * Keeps studies and their trials.
 *
 * Ownership. What is returned is a snapshot that later writes do not change, and that callers do not change either.
 * Values handed in are copied or frozen before the returned promise resolves.
 *
 * Order. Trial ids grow with creation; a trial's number is the count of trials created before it in its study, without
 * gaps. `getTrials` returns ascending ids. A write that has resolved is seen by every read that starts afterwards, in
 * any process.
 *
 * Concurrency. Any number of objects and processes may use the same storage. Each method is atomic: it happens as a
 * whole, or throws and nothing has happened. `startTrial` never gives the same waiting trial to two callers.
 *
 * States. Only RUNNING trials are written to; WAITING ones can only be started; finished ones never change. Whoever
 * started a trial owns it: others do not write to it, except to fail it when its owner is lost.
 *
 * Numbers. Values may be ±Infinity; intermediate values also NaN. Both survive a round trip.
 *
 * Errors. An unknown id throws StudyNotFoundError or TrialNotFoundError; a write to a trial that is not RUNNING
 * throws TrialNotRunningError; trouble underneath throws a StorageError.
 */
export interface Storage {
  /** @throws DuplicateStudyError when the name is taken */
  createStudy(name: string, directions: readonly Direction[]): Promise<FrozenStudy>;
  /**
   * Adds studies with all that they hold, or nothing of any.
   * @throws DuplicateStudyError when a name is taken
   * @throws InvalidDistributionError when trials of a study use one name for incompatible distributions
   */
  addStudies(templates: readonly StudyTemplate[]): Promise<FrozenStudy[]>;
  /** All studies, oldest first. */
  getStudies(): Promise<FrozenStudy[]>;
  /** The study of that name, or null. */
  findStudy(name: string): Promise<FrozenStudy | null>;
  getStudy(studyId: number): Promise<FrozenStudy>;
  /** Removes the study with all its trials. */
  deleteStudy(studyId: number): Promise<void>;
  setStudyUserAttribute(studyId: number, key: string, value: JsonValue): Promise<void>;
  setStudySystemAttribute(studyId: number, key: string, value: JsonValue): Promise<void>;

  /** Makes the oldest WAITING trial RUNNING, or creates a RUNNING one; sets its start time. */
  startTrial(studyId: number): Promise<FrozenTrial>;
  /** The same, and then `getTrials` where both can be asked at one go. */
  startAndRead?(studyId: number, filter: TrialFilter): Promise<StartedTrial>;
  /** Adds a trial in whatever state the template says, e.g. WAITING or already finished. */
  addTrial(studyId: number, template: TrialTemplate): Promise<FrozenTrial>;
  /**
   * Adds to a RUNNING trial. Attributes and intermediate values replace those of the same key or step.
   * @throws InvalidParameterError when a parameter is already set
   * @throws InvalidDistributionError when a parameter's distribution is incompatible (`checkCompatible`) with one used
   * under the same name in the study
   */
  writeTrial(trialId: number, changes: TrialChanges): Promise<void>;
  /**
   * Sets a system attribute of a RUNNING trial, if it still is what the caller saw (undefined: not there). Of several
   * callers that saw the same, one gets true; for the others nothing has happened.
   */
  replaceSystemAttribute(trialId: number, key: string, seen: JsonValue | undefined, value: JsonValue): Promise<boolean>;
  /** Ends a RUNNING trial: writes changes and values, then the state and the time, which it returns. */
  finishTrial(
    trialId: number,
    state: FinishedState,
    values: readonly number[] | null,
    changes?: TrialChanges,
  ): Promise<Date>;
  /**
   * Notes, by the storage's own clock, that the owner of a RUNNING trial is alive. Trials whose owner never says so are
   * never taken for lost.
   */
  recordHeartbeat(trialId: number): Promise<void>;
  /**
   * Fails the study's RUNNING trials whose last heartbeat is older than `graceMs`, with `changes`; returns them as they
   * are then. Of several callers one gets each trial. An owner that wakes up again finds its writes refused.
   */
  failStaleTrials(studyId: number, graceMs: number, changes?: TrialChanges): Promise<FrozenTrial[]>;
  getTrial(trialId: number): Promise<FrozenTrial>;
  getTrials(studyId: number, filter?: TrialFilter): Promise<FrozenTrial[]>;
  /** Frees what the storage holds; it cannot be used afterwards. */
  close(): Promise<void>;
}

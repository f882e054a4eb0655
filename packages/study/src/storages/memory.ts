/** A storage in this process's memory: quick, and gone when the process ends. */

import { checkCompatible, type Distribution } from '../distributions/distribution.js';
import { toExternal } from '../distributions/representation.js';
import { DuplicateStudyError, StudyNotFoundError, TrialNotFoundError } from '../errors.js';
import { freezeJson, type JsonValue, jsonEqual, own } from '../json.js';
import {
  type Direction,
  type FinishedState,
  type FrozenTrial,
  isFinished,
  type TrialTemplate,
} from '../trial/frozen-trial.js';
import { alreadySet, notRunning } from './refusals.js';
import type { FrozenStudy, Storage, StudyTemplate, TrialChanges, TrialFilter } from './storage.js';

interface StudyRecord {
  study: FrozenStudy;
  readonly trials: FrozenTrial[];
  /** Distribution first used under each parameter's name. */
  readonly distributions: Map<string, Distribution>;
  /** Numbers of WAITING trials, ascending. */
  readonly waiting: number[];
}

interface TrialAddress {
  readonly record: StudyRecord;
  readonly number: number;
}

export class MemoryStorage implements Storage {
  readonly #studies = new Map<number, StudyRecord>();
  readonly #addresses = new Map<number, TrialAddress>();
  /** Times of trials' last heartbeats, by a clock that is never set back. */
  readonly #heartbeats = new Map<number, number>();
  #lastStudyId = 0;
  #lastTrialId = 0;

  async createStudy(name: string, directions: readonly Direction[]): Promise<FrozenStudy> {
    if (this.#find(name))
      throw new DuplicateStudyError(`A study named '${name}' already exists; load it or choose another name.`);
    const study = {
      id: ++this.#lastStudyId,
      name,
      directions: [...directions],
      userAttributes: {},
      systemAttributes: {},
    };
    this.#studies.set(study.id, { study, trials: [], distributions: new Map(), waiting: [] });
    return study;
  }

  async addStudies(templates: readonly StudyTemplate[]): Promise<FrozenStudy[]> {
    const added: number[] = [];
    try {
      for (const template of templates) {
        const { id } = await this.createStudy(template.name, template.directions);
        added.push(id);
        await this.#fill(id, template);
      }
    } catch (error) {
      for (const id of added) await this.deleteStudy(id);
      throw error;
    }
    return added.map((id) => this.#record(id).study);
  }

  async #fill(id: number, { userAttributes = {}, systemAttributes = {}, trials = [] }: StudyTemplate): Promise<void> {
    for (const trial of trials) await this.addTrial(id, trial);
    const record = this.#record(id);
    record.study = {
      ...record.study,
      userAttributes: freezeJson(userAttributes),
      systemAttributes: freezeJson(systemAttributes),
    };
  }

  async getStudies(): Promise<FrozenStudy[]> {
    return Array.from(this.#studies.values(), (record) => record.study);
  }

  async findStudy(name: string): Promise<FrozenStudy | null> {
    return this.#find(name)?.study ?? null;
  }

  async getStudy(studyId: number): Promise<FrozenStudy> {
    return this.#record(studyId).study;
  }

  async deleteStudy(studyId: number): Promise<void> {
    for (const trial of this.#record(studyId).trials) this.#addresses.delete(trial.id);
    this.#studies.delete(studyId);
  }

  async setStudyUserAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    const record = this.#record(studyId);
    record.study = { ...record.study, userAttributes: { ...record.study.userAttributes, [key]: freezeJson(value) } };
  }

  async setStudySystemAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    const record = this.#record(studyId);
    record.study = {
      ...record.study,
      systemAttributes: { ...record.study.systemAttributes, [key]: freezeJson(value) },
    };
  }

  async startTrial(studyId: number): Promise<FrozenTrial> {
    const record = this.#record(studyId);
    const waiting = record.waiting.shift();
    if (waiting === undefined) return this.#append(record, { state: 'RUNNING', startedAt: new Date() });
    return (record.trials[waiting] = { ...record.trials[waiting]!, state: 'RUNNING', startedAt: new Date() });
  }

  async addTrial(studyId: number, template: TrialTemplate): Promise<FrozenTrial> {
    const record = this.#record(studyId);
    const distributions = Object.entries(template.distributions ?? {});
    for (const [name, distribution] of distributions) checkAgainst(record, name, distribution);
    for (const [name, distribution] of distributions) remember(record, name, distribution);
    const trial = this.#append(record, template);
    if (trial.state === 'WAITING') record.waiting.push(trial.number);
    return trial;
  }

  async writeTrial(trialId: number, changes: TrialChanges): Promise<void> {
    const { record, number } = this.#running(trialId);
    record.trials[number] = applyChanges(record, record.trials[number]!, changes);
  }

  async replaceSystemAttribute(
    trialId: number,
    key: string,
    seen: JsonValue | undefined,
    value: JsonValue,
  ): Promise<boolean> {
    const { record, number } = this.#running(trialId);
    const trial = record.trials[number]!;
    const current = own(trial.systemAttributes, key);
    const isAsSeen = current === undefined || seen === undefined ? current === seen : jsonEqual(current, seen);
    if (isAsSeen) record.trials[number] = applyChanges(record, trial, { systemAttributes: { [key]: value } });
    return isAsSeen;
  }

  async finishTrial(
    trialId: number,
    state: FinishedState,
    values: readonly number[] | null,
    changes: TrialChanges = {},
  ): Promise<Date> {
    const { record, number } = this.#running(trialId);
    const changed = applyChanges(record, record.trials[number]!, changes);
    const completedAt = new Date();
    record.trials[number] = { ...changed, state, values: values && [...values], completedAt };
    return completedAt;
  }

  async recordHeartbeat(trialId: number): Promise<void> {
    this.#running(trialId);
    this.#heartbeats.set(trialId, performance.now());
  }

  async failStaleTrials(studyId: number, graceMs: number, changes?: TrialChanges): Promise<FrozenTrial[]> {
    const limit = performance.now() - graceMs;
    const isStale = ({ id, state }: FrozenTrial) =>
      state === 'RUNNING' && (this.#heartbeats.get(id) ?? Infinity) < limit;
    const stale = this.#record(studyId).trials.filter(isStale);
    // All in one turn of the event loop, so that of several callers one gets each.
    await Promise.all(stale.map(({ id }) => this.finishTrial(id, 'FAIL', null, changes)));
    return Promise.all(stale.map(({ id }) => this.getTrial(id)));
  }

  async getTrial(trialId: number): Promise<FrozenTrial> {
    const { record, number } = this.#address(trialId);
    return record.trials[number]!;
  }

  async getTrials(studyId: number, filter?: TrialFilter): Promise<FrozenTrial[]> {
    const { trials } = this.#record(studyId);
    if (!filter) return [...trials];
    let first = trials.length;
    while (first > 0 && trials[first - 1]!.id > filter.newerThan) first--;
    const older = filter.also
      .map((id) => this.#addresses.get(id))
      .filter((address) => address?.record.trials === trials && address.number < first)
      .map((address) => trials[address!.number]!)
      .sort((a, b) => a.id - b.id);
    return [...older, ...trials.slice(first)];
  }

  async close(): Promise<void> {
    this.#studies.clear();
    this.#addresses.clear();
  }

  #append(record: StudyRecord, template: TrialTemplate): FrozenTrial {
    const number = record.trials.length;
    const trial: FrozenTrial = {
      id: ++this.#lastTrialId,
      number,
      state: template.state,
      values: template.values ? [...template.values] : null,
      params: freezeJson({ ...template.params }),
      distributions: { ...template.distributions },
      intermediateValues: new Map(template.intermediateValues ?? []),
      userAttributes: freezeJson({ ...template.userAttributes }),
      systemAttributes: freezeJson({ ...template.systemAttributes }),
      startedAt: template.startedAt ?? (template.state === 'WAITING' ? null : new Date()),
      completedAt: template.completedAt ?? (isFinished(template.state) ? new Date() : null),
    };
    record.trials.push(trial);
    this.#addresses.set(trial.id, { record, number });
    return trial;
  }

  #find(name: string): StudyRecord | undefined {
    for (const record of this.#studies.values()) if (record.study.name === name) return record;
    return undefined;
  }

  #record(studyId: number): StudyRecord {
    const record = this.#studies.get(studyId);
    if (!record) throw new StudyNotFoundError(`There is no study with id ${studyId}; it may have been deleted.`);
    return record;
  }

  #address(trialId: number): TrialAddress {
    const address = this.#addresses.get(trialId);
    if (!address)
      throw new TrialNotFoundError(`There is no trial with id ${trialId}; its study may have been deleted.`);
    return address;
  }

  #running(trialId: number): TrialAddress {
    const address = this.#address(trialId);
    const { state, number } = address.record.trials[address.number]!;
    if (state !== 'RUNNING') throw notRunning(number, state);
    return address;
  }
}

function applyChanges(record: StudyRecord, trial: FrozenTrial, changes: TrialChanges): FrozenTrial {
  const next = { ...trial };
  if (changes.params?.size) {
    const params = { ...trial.params };
    const distributions = { ...trial.distributions };
    for (const [name, { internal, distribution }] of changes.params) {
      if (Object.hasOwn(params, name)) throw alreadySet(trial.number, name);
      checkAgainst(record, name, distribution);
      params[name] = toExternal(distribution, internal);
      distributions[name] = distribution;
    }
    for (const [name, { distribution }] of changes.params) remember(record, name, distribution);
    Object.assign(next, { params, distributions });
  }
  if (changes.intermediateValues) {
    Object.assign(next, { intermediateValues: new Map([...trial.intermediateValues, ...changes.intermediateValues]) });
  }
  if (changes.userAttributes) {
    Object.assign(next, { userAttributes: { ...trial.userAttributes, ...freezeJson(changes.userAttributes) } });
  }
  if (changes.systemAttributes) {
    Object.assign(next, { systemAttributes: { ...trial.systemAttributes, ...freezeJson(changes.systemAttributes) } });
  }
  return next;
}

function checkAgainst(record: StudyRecord, name: string, distribution: Distribution): void {
  const previous = record.distributions.get(name);
  if (previous) checkCompatible(name, previous, distribution);
}

function remember(record: StudyRecord, name: string, distribution: Distribution): void {
  if (!record.distributions.has(name)) record.distributions.set(name, distribution);
}

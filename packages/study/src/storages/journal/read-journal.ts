/**
 * Reads the file of Optuna's journal storage: a line of JSON for each operation, in the order in which they happened.
 * What an operation may not do (write to a finished trial, claim a running one) it did not do then either, and is
 * passed over.
 */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { checkCompatible, type Distribution } from '../../distributions/distribution.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { toExternal } from '../../distributions/representation.js';
import { InvalidDistributionError, StorageCorruptError } from '../../errors.js';
import { type JsonValue, parseJson } from '../../json.js';
import { type Direction, isFinished, type TrialState } from '../../trial/frozen-trial.js';
import type { StudyTemplate } from '../storage.js';
import { type Of, type Operation, operation } from './operations.js';

const DIRECTIONS: readonly Direction[] = ['minimize', 'minimize', 'maximize'];
const STATES: readonly TrialState[] = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'];

interface JournalTrial {
  state: TrialState;
  values: readonly number[] | null;
  readonly params: Record<string, JsonValue>;
  readonly distributions: Record<string, Distribution>;
  readonly intermediateValues: Map<number, number>;
  readonly userAttributes: Record<string, JsonValue>;
  readonly systemAttributes: Record<string, JsonValue>;
  startedAt: Date | null;
  completedAt: Date | null;
}

interface JournalStudy extends StudyTemplate {
  readonly userAttributes: Record<string, JsonValue>;
  readonly systemAttributes: Record<string, JsonValue>;
  readonly trials: JournalTrial[];
  /** The distribution first used under each name. */
  readonly used: Map<string, Distribution>;
}

/**
 * The studies of a journal file, oldest first. A last line that was not written to its end is left out, as whoever wrote
 * it was never told that it was.
 * @throws StorageCorruptError when another line is no operation
 */
export async function readJournal(path: string): Promise<StudyTemplate[]> {
  const journal = new Journal();
  let broken: { readonly line: number; readonly cause: unknown } | undefined;
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (broken) throw refusal(path, broken.line, broken.cause);
    line++;
    try {
      journal.apply(operation.parse(parseJson(text)));
    } catch (cause) {
      broken = { line, cause };
    }
  }
  if (broken?.line === 1) throw refusal(path, 1, broken.cause);
  return journal.studies();
}

function refusal(path: string, line: number, cause: unknown): StorageCorruptError {
  const message =
    line === 1
      ? `${path} is neither a SQLite file nor a journal of Optuna's: its first line is no operation of one.`
      : `${path}, line ${line} is no operation of Optuna's journal; restore the file from a copy, or remove the line.`;
  return new StorageCorruptError(message, { cause });
}

/** What the operations so far have led to. Ids count from 0 in the order of creation. */
class Journal {
  readonly #studies: (JournalStudy | null)[] = [];
  readonly #trials: { readonly study: JournalStudy; readonly trial: JournalTrial }[] = [];

  studies(): StudyTemplate[] {
    return this.#studies.flatMap((study) => {
      if (!study) return [];
      const { used: _, ...template } = study;
      return [template];
    });
  }

  apply(entry: Operation): void {
    switch (entry.op_code) {
      case 0:
        this.#createStudy(entry);
        break;
      case 1:
        if (this.#studies[entry.study_id]) this.#studies[entry.study_id] = null;
        break;
      case 2:
        assign(this.#studies[entry.study_id]?.userAttributes, entry.user_attr);
        break;
      case 3:
        assign(this.#studies[entry.study_id]?.systemAttributes, entry.system_attr);
        break;
      case 4:
        this.#createTrial(entry);
        break;
      case 10:
        break;
      default: {
        const known = this.#trials[entry.trial_id];
        if (known && !isFinished(known.trial.state)) write(known.study, known.trial, entry);
      }
    }
  }

  #createStudy({ study_name, directions }: Of<0>): void {
    if (this.#studies.some((study) => study?.name === study_name)) return;
    this.#studies.push({
      name: study_name,
      directions: directions.map((direction) => DIRECTIONS[direction]!),
      userAttributes: {},
      systemAttributes: {},
      trials: [],
      used: new Map(),
    });
  }

  #createTrial(entry: Of<4>): void {
    const study = this.#studies[entry.study_id];
    if (!study) return;
    const trial: JournalTrial = {
      state: STATES[entry.state]!,
      values: entry.values ?? (typeof entry.value === 'number' ? [entry.value] : null),
      params: {},
      distributions: {},
      intermediateValues: new Map(),
      userAttributes: { ...entry.user_attrs },
      systemAttributes: { ...entry.system_attrs },
      startedAt: readTime(entry.datetime_start),
      completedAt: readTime(entry.datetime_complete),
    };
    for (const [step, value] of Object.entries(entry.intermediate_values)) {
      trial.intermediateValues.set(Number(step), value);
    }
    for (const [name, text] of Object.entries(entry.distributions)) {
      setParam(study, trial, name, entry.params[name] ?? Number.NaN, text);
    }
    study.trials.push(trial);
    this.#trials.push({ study, trial });
  }
}

function write(study: JournalStudy, trial: JournalTrial, entry: Of<5> | Of<6> | Of<7> | Of<8> | Of<9>): void {
  switch (entry.op_code) {
    case 5:
      setParam(study, trial, entry.param_name, entry.param_value_internal, entry.distribution);
      break;
    case 6:
      setState(trial, entry);
      break;
    case 7:
      trial.intermediateValues.set(entry.step, entry.intermediate_value);
      break;
    case 8:
      assign(trial.userAttributes, entry.user_attr);
      break;
    case 9:
      assign(trial.systemAttributes, entry.system_attr);
      break;
  }
}

function setState(trial: JournalTrial, entry: Of<6>): void {
  const state = STATES[entry.state]!;
  // Another worker was quicker to claim it.
  if (state === 'RUNNING' && trial.state === 'RUNNING') return;
  if (state === 'RUNNING') trial.startedAt = readTime(entry.datetime_start);
  if (isFinished(state)) trial.completedAt = readTime(entry.datetime_complete);
  trial.state = state;
  trial.values = entry.values ?? trial.values;
}

function setParam(study: JournalStudy, trial: JournalTrial, name: string, internal: number, text: string): void {
  const distribution = parseDistribution(text);
  const before = study.used.get(name);
  try {
    if (before) checkCompatible(name, before, distribution);
  } catch (error) {
    if (error instanceof InvalidDistributionError) return;
    throw error;
  }
  study.used.set(name, before ?? distribution);
  trial.params[name] = toExternal(distribution, internal);
  trial.distributions[name] = distribution;
}

function assign(to: Record<string, JsonValue> | undefined, from: Record<string, JsonValue>): void {
  if (to) for (const [key, value] of Object.entries(from)) to[key] = value;
}

/** Times with a zone, or else, of trials made elsewhere, in this computer's. */
function readTime(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null;
}

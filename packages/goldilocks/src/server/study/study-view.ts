// One study as the server sees it: its trials, its events, its record and its attributes, each read when it changed.
import type { CommandRecord } from '@goldilocks/protocol/page';
import type { FrozenStudy, FrozenTrial, Storage, StudySnapshot } from '@goldilocks/study';
import { LogReader } from '../../events/follow.js';
import type { LoggedEvent } from '../../events/lines.js';
import { workerOf } from '../../journey/open-study.js';
import type { JourneyRecord } from '../../journey/record.js';
import { shownParams } from '../../journey/report/params.js';
import type { OptimizeRecord } from '../../optimize/record.js';
import { layersOfShare } from '../../plan/hyperparameters.js';
import type { Plan } from '../../plan/plan.js';
import { isPaused, markedTrials, readCommands } from '../../steer/commands.js';
import { LiveState } from './live-state.js';
import { StudyFiles } from './study-files.js';
import { TrialTable } from './trial-table.js';

export interface ViewedStudy {
  readonly key: string;
  readonly storage: Storage;
  readonly study: FrozenStudy;
  /** Its folder of runs; undefined in a database of another program. */
  readonly folder: string | undefined;
  /** Of another database than the workspace's own. */
  readonly database: string | null;
  readonly isReadOnly: () => boolean;
}

/** How long what was read counts as new. */
const freshMs = 200;

export class StudyView {
  readonly key: string;
  readonly storage: Storage;
  readonly database: string | null;
  readonly folder: string | undefined;
  readonly table: TrialTable;
  readonly live = new LiveState();
  readonly #isReadOnly: () => boolean;
  readonly #files: StudyFiles | undefined;
  readonly #log: LogReader | undefined;
  study: FrozenStudy;
  journey: JourneyRecord | undefined;
  search: OptimizeRecord | undefined;
  /** Whether a process works on it. */
  isWorkedOn = false;
  commands: CommandRecord[] = [];
  marked: ReadonlySet<number> = new Set();
  #plan: Plan | undefined;
  #attributes = '';
  #readAt = 0;
  #reading: Promise<void> | undefined;
  readonly #listeners = new Set<(events: readonly LoggedEvent[]) => void>();

  constructor({ key, storage, study, folder, database, isReadOnly }: ViewedStudy) {
    this.key = key;
    this.storage = storage;
    this.study = study;
    this.folder = folder;
    this.database = database;
    this.#isReadOnly = isReadOnly;
    this.table = new TrialTable(storage, study.id);
    this.#files = folder === undefined ? undefined : new StudyFiles(folder);
    this.#log = folder === undefined ? undefined : new LogReader(folder);
  }

  /** Seconds that were spent on the search, up to now. */
  get secondsUsed(): number {
    const record = this.journey ?? this.search;
    if (record === undefined) return 0;
    const goesOn = this.isWorkedOn && !isPaused(this.commands);
    const since = goesOn ? (Date.now() - this.#files!.savedAt(this.kind)) / 1000 : 0;
    return record.spentSeconds + Math.max(0, since);
  }

  get isReadOnly(): boolean {
    return this.#isReadOnly();
  }

  get trials(): readonly FrozenTrial[] {
    return this.table.trials;
  }

  get kind(): 'journey' | 'command' | 'other' {
    return this.journey !== undefined ? 'journey' : this.search !== undefined ? 'command' : 'other';
  }

  get metricNames(): readonly string[] | null {
    const names = this.study.systemAttributes['study:metric_names'];
    return Array.isArray(names) ? (names as string[]) : null;
  }

  /** As it is now, in shown values, for figures. */
  get snapshot(): StudySnapshot {
    const { study, metricNames, trials } = this;
    return { name: study.name, directions: study.directions, metricNames, trials };
  }

  /** Told of each event that is read from now on; returns how to stop that. */
  listen(listener: (events: readonly LoggedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads what has changed; callers at the same time share one reading. */
  async refresh(force = false): Promise<void> {
    if (this.#reading !== undefined) {
      await this.#reading;
      if (!force) return;
    }
    if (!force && Date.now() - this.#readAt < freshMs) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      this.#readAt = Date.now();
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    this.isWorkedOn = this.folder !== undefined && (await workerOf(this.folder)) !== undefined;
    this.journey = await this.#files?.journey();
    this.search = this.journey === undefined ? await this.#files?.search() : undefined;
    await this.readEvents();
    this.study = await this.storage.getStudy(this.study.id);
    this.#showBy(this.journey?.plan);
    await this.table.refresh();
    this.#readCommands();
  }

  /** Only the log, which is cheap. */
  async readEvents(): Promise<void> {
    const events = (await this.#log?.read()) ?? [];
    for (const event of events) this.live.take(event);
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }

  #showBy(plan: Plan | undefined): void {
    const layers = plan?.model.layers;
    if (plan === undefined || layers === this.#plan?.model.layers) return;
    this.#plan = plan;
    this.table.showAs((trial) => ({
      ...trial,
      params: shownParams(plan, trial.params) as FrozenTrial['params'],
      distributions: shownDistributions(trial.distributions, layers!),
    }));
  }

  #readCommands(): void {
    const attributes = JSON.stringify(this.study.systemAttributes);
    if (attributes === this.#attributes) return;
    this.#attributes = attributes;
    this.commands = readCommands(this.study.systemAttributes);
    this.marked = markedTrials(this.commands);
    const noted = this.commands.flatMap(({ command }) => ('trial' in command ? [command.trial ?? -1] : []));
    if (noted.length > 0) this.table.touch(noted);
  }
}

/** Frozen layers are shown as a number of them. */
function shownDistributions(distributions: FrozenTrial['distributions'], layers: number): FrozenTrial['distributions'] {
  const { frozenLayers } = distributions;
  if (frozenLayers === undefined || frozenLayers.type === 'categorical') return distributions;
  const { low, high } = frozenLayers;
  const [from, to] = [layersOfShare(low, layers), layersOfShare(high, layers)];
  const shown = { type: 'int', low: from, high: to, log: false, step: 1 } as const;
  return { ...distributions, frozenLayers: shown };
}

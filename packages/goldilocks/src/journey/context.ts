// What the stages of a journey share.
import type { JourneyEvent, Stage } from '@goldilocks/protocol';
import type { Storage, Study } from '@goldilocks/study';
import type { ClusterOptions } from '../cluster/cluster-options.js';
import type { Clock } from '../search/clock.js';
import type { Steering } from '../search/steering.js';
import type { StateFolder } from '../state/folder.js';
import type { TrialEngine, TrialProcess } from '../workers/operations.js';
import { type JourneyRecord, saveRecord } from './record.js';

export interface JourneyContext {
  readonly record: JourneyRecord;
  readonly state: StateFolder;
  readonly engine: TrialEngine;
  readonly clock: Clock;
  readonly storage: Storage;
  /** Other machines that run the trials of the search. */
  readonly cluster?: ClusterOptions;
  /** With the sampler of the search, once that is open; until then only for reading. */
  study: Study;
  readonly signal?: AbortSignal;
  /** A person's commands; absent where other machines run the trials. */
  readonly steering?: Steering;
  emit(event: JourneyEvent): void;
  /** The process that inspects, tokenizes and measures the base model; started when first asked for. */
  readonly preparation: () => TrialProcess;
  endPreparation(): Promise<void>;
}

/** Runs a stage: says when it starts and ends, counts its time, saves the record. */
export async function runStage<Result>(
  context: JourneyContext,
  stage: Stage,
  work: () => Promise<{ result: Result; summary: string }>,
): Promise<Result> {
  context.signal?.throwIfAborted();
  context.emit({ type: 'stage-started', stage });
  const before = context.clock.elapsed;
  try {
    const { result, summary } = await work();
    const seconds = context.clock.elapsed - before;
    context.emit({ type: 'stage-finished', stage, seconds, summary });
    return result;
  } finally {
    const { stageSeconds } = context.record;
    stageSeconds[stage] = (stageSeconds[stage] ?? 0) + context.clock.elapsed - before;
    await save(context);
  }
}

export async function save(context: JourneyContext): Promise<void> {
  context.record.spentSeconds = context.clock.elapsed;
  await saveRecord(context.state.study(context.record.study), context.record);
}

/** Says something worth a line, and keeps warnings for the report. */
export function tell(context: JourneyContext, text: string, level: 'info' | 'warning' = 'info'): void {
  const { warnings } = context.record;
  if (level === 'warning' && !warnings.includes(text)) warnings.push(text);
  context.emit({ type: 'message', level, text });
}

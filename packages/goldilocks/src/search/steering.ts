// How a person steers a search while it goes, as the search sees it.
import type { Distribution, JsonValue } from '@goldilocks/study';

/** Why a run is to end before its time. */
export type Interruption = 'pause' | 'stop' | 'stop-trial';

/** Every method may be called at any time; commands take effect at the next step of the search or of a run. */
export interface Steering {
  /** Takes up what was commanded since, and resolves when the search may go on; at once when the signal is raised. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Whether the search is to end, and the best of it to be kept. */
  readonly isStopped: boolean;
  /** Whether trials wait that a person asked for: they come before all others. */
  readonly hasWishes: boolean;
  /** What is searched now, of what the plan searches. */
  space(planned: Readonly<Record<string, Distribution>>): Record<string, Distribution>;
  /** The choices that are left of a parameter's; undefined for all of them. */
  allowed(name: string): readonly JsonValue[] | undefined;
  /** Trials that a person ended. The search ends each and says so with `ended`. */
  trialsToEnd(): readonly number[];
  ended(trial: number): Promise<void>;
  /** Takes part in a run from now on. */
  attend(run: { number: number; purpose: string }): AttendedRun;
}

export interface AttendedRun {
  /** Aborts when this sitting is to end; another one after each `resumed`. */
  readonly signal: AbortSignal;
  readonly interruption: Interruption | undefined;
  /** After a pause: resolves when the run may go on, or is to end for good. */
  resumed(signal?: AbortSignal): Promise<void>;
  /** The run is over. */
  leave(): void;
}

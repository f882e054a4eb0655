/**
 * Who is at which trial. A claim is an attribute of the trial with its worker and a beat that the worker counts up; whoever
 * sees a beat stand still for too long, by his own clock, may take the trial over: no clocks need agree.
 */

import { TrialNotRunningError } from '../errors.js';
import { formatJson } from '../json.js';
import type { Storage } from '../storages/storage.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { isWorking, STANDING_KEY, type Standing, standingOf, storedStanding } from './pausable-trial.js';

/** The worker of a trial that was given back in the middle of a piece. */
const NOBODY = 'nobody';

interface Claim {
  standing: Standing;
  readonly lost: AbortController;
  readonly timer: NodeJS.Timeout;
}

export class ClaimKeeper {
  readonly #storage: Storage;
  readonly #graceMs: number;
  readonly #alone: boolean;
  readonly #worker = crypto.randomUUID();
  readonly #own = new Map<number, Claim>();
  /** Claims of others: as last seen, and since when they have stood like that. */
  readonly #seen = new Map<number, { readonly text: string; readonly since: number }>();

  constructor(storage: Storage, graceMs: number, alone: boolean) {
    this.#storage = storage;
    this.#graceMs = graceMs;
    this.#alone = alone;
  }

  /** Whether the trial's worker is gone. Call it now and then: silence is counted from the first look. */
  isLost(trial: FrozenTrial): boolean {
    if (this.#own.has(trial.id)) return false;
    const standing = standingOf(trial);
    if (this.#alone || (isWorking(standing) && standing.worker === NOBODY)) return true;
    const text = formatJson(trial.systemAttributes[STANDING_KEY] ?? null);
    const seen = this.#seen.get(trial.id);
    const now = performance.now();
    if (seen?.text !== text) this.#seen.set(trial.id, { text, since: now });
    return seen?.text === text && now - seen.since > this.#graceMs;
  }

  /** Claims a trial that stands as it was read; null when another worker was quicker. */
  async claim(trial: FrozenTrial, to: number): Promise<AbortSignal | null> {
    const standing = { worker: this.#worker, beat: 0, to };
    if (!(await this.#replace(trial.id, standingOf(trial), standing))) return null;
    const lost = new AbortController();
    const timer = setInterval(() => this.#beat(trial.id), this.#graceMs / 4);
    // A process that has nothing else to do may end.
    timer.unref();
    this.#own.set(trial.id, { standing, lost, timer });
    return lost.signal;
  }

  /** Gives a claim back; the trial stands where it stood when the next worker goes on. */
  async release(id: number): Promise<void> {
    const claim = this.#own.get(id);
    this.drop(id);
    if (claim && isWorking(claim.standing)) {
      await this.#replace(id, claim.standing, { ...claim.standing, worker: NOBODY });
    }
  }

  /** Forgets a claim that a write of its own ends. */
  drop(id: number): void {
    clearInterval(this.#own.get(id)?.timer);
    this.#own.delete(id);
  }

  #beat(id: number): void {
    const claim = this.#own.get(id);
    if (!claim || !isWorking(claim.standing)) return;
    const next = { ...claim.standing, beat: claim.standing.beat + 1 };
    this.#replace(id, claim.standing, next).then(
      (isOurs) => {
        if (isOurs) claim.standing = next;
        else this.#lose(id, claim);
      },
      // A beat that the storage cannot take is left out: the next one follows.
      (error: unknown) => error instanceof TrialNotRunningError && this.#lose(id, claim),
    );
  }

  #lose(id: number, claim: Claim): void {
    if (this.#own.get(id) !== claim) return;
    this.drop(id);
    claim.lost.abort(new Error('Another worker has taken this one for lost and goes on with its trial.'));
  }

  #replace(id: number, seen: Standing | undefined, standing: Standing): Promise<boolean> {
    return this.#storage.replaceSystemAttribute(
      id,
      STANDING_KEY,
      seen && storedStanding(seen),
      storedStanding(standing),
    );
  }
}

// Takes up the commands that a study's attributes hold, in their order, and writes down what came of each.
import type { CommandOutcome, CommandRecord, SteeringCommand } from '@goldilocks/protocol/page';
import type { Storage } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { readCommands, setOutcome } from './commands.js';

/** Who does what was commanded. */
export interface Obedient {
  /** What was obeyed in an earlier sitting holds on. */
  restore(command: SteeringCommand): void;
  /**
   * The sentence of what was done; null where that is still to come, which `conclude` then says.
   * @throws UserError where it cannot be done
   */
  obey(record: CommandRecord): Promise<string | null>;
  told(outcome: { id: string; kind: string } & Omit<CommandOutcome, 'at'>): void;
}

export class CommandQueue {
  readonly #place: { storage: Storage; studyId: number };
  readonly #obedient: Obedient;
  /** Ids of what is under way. */
  readonly #begun = new Set<string>();
  #isLoaded = false;
  #looking: Promise<void> | undefined;

  constructor(place: { storage: Storage; studyId: number }, obedient: Obedient) {
    this.#place = place;
    this.#obedient = obedient;
  }

  /** Obeys what is new. Callers at the same time share one look. */
  look(): Promise<void> {
    this.#looking ??= this.#takeUp().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async conclude(id: string, kind: string, state: CommandOutcome['state'], sentence: string): Promise<void> {
    const { storage, studyId } = this.#place;
    await setOutcome(storage, studyId, id, { state, sentence });
    this.#begun.delete(id);
    this.#obedient.told({ id, kind, state, sentence });
  }

  async #takeUp(): Promise<void> {
    const { storage, studyId } = this.#place;
    const commands = readCommands((await storage.getStudy(studyId)).systemAttributes);
    if (!this.#isLoaded) {
      for (const { command, outcome } of commands) if (outcome?.state === 'done') this.#obedient.restore(command);
    }
    this.#isLoaded = true;
    for (const record of commands) {
      if (record.outcome === null && !this.#begun.has(record.id)) await this.#obey(record);
    }
  }

  async #obey(record: CommandRecord): Promise<void> {
    const { id, command } = record;
    try {
      const sentence = await this.#obedient.obey(record);
      if (sentence === null) this.#begun.add(id);
      else await this.conclude(id, command.kind, 'done', sentence);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await this.conclude(id, command.kind, 'refused', error.message);
    }
  }
}

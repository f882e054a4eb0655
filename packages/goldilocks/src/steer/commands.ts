// Commands to a search, kept as attributes of its study: they survive a kill, and work between processes and machines.
import { randomUUID } from 'node:crypto';
import type { Searched } from '@goldilocks/protocol';
import {
  type CommandOutcome,
  type CommandRecord,
  commandRecordSchema,
  type SteeringCommand,
} from '@goldilocks/protocol/page';
import type { Attributes, JsonValue, Storage } from '@goldilocks/study';

const COMMAND = 'goldilocks:command:';
const OUTCOME = 'goldilocks:command-outcome:';

/** All commands a study was ever given, the oldest first, with what came of them. */
export function readCommands(systemAttributes: Attributes): CommandRecord[] {
  return Object.keys(systemAttributes)
    .filter((key) => key.startsWith(COMMAND))
    .flatMap((key) => {
      const outcome = systemAttributes[OUTCOME + key.slice(COMMAND.length)] ?? null;
      const parsed = commandRecordSchema.safeParse({ ...(systemAttributes[key] as object), outcome });
      return parsed.success ? [parsed.data] : []; // written by a later version: not ours to follow
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}

/** Writes a command down. With an id that was given before nothing is added. What needs no search is done at once. */
export async function giveCommand(
  storage: Storage,
  studyId: number,
  given: { command: SteeringCommand; by: CommandRecord['by']; id?: string },
): Promise<CommandRecord> {
  const { id = randomUUID(), by, command } = given;
  const { systemAttributes } = await storage.getStudy(studyId);
  const before = readCommands(systemAttributes);
  const again = before.find((known) => known.id === id);
  if (again !== undefined) return again;
  const record = { id, at: timeAfter(before.at(-1)), by, command };
  await storage.setStudySystemAttribute(studyId, COMMAND + id, record as unknown as JsonValue);
  if (command.kind !== 'mark' && command.kind !== 'note') return { ...record, outcome: null };
  const outcome = await setOutcome(storage, studyId, id, { state: 'done', sentence: doneSentence(command) });
  return { ...record, outcome };
}

/** Now; in any case later than what was given before, since the times order the commands: clocks stand still, and go back. */
function timeAfter(last: CommandRecord | undefined): string {
  return new Date(Math.max(Date.now(), last === undefined ? 0 : Date.parse(last.at) + 1)).toISOString();
}

function doneSentence(command: Extract<SteeringCommand, { kind: 'mark' | 'note' }>): string {
  if (command.kind === 'note') return 'Noted.';
  return `Trial ${command.trial} is ${command.marked ? 'marked' : 'no longer marked'}.`;
}

/** Writes down what came of a command. */
export async function setOutcome(
  storage: Storage,
  studyId: number,
  id: string,
  { state, sentence }: Omit<CommandOutcome, 'at'>,
): Promise<CommandOutcome> {
  const outcome = { state, at: new Date().toISOString(), sentence };
  await storage.setStudySystemAttribute(studyId, OUTCOME + id, outcome);
  return outcome;
}

/** Trials that a person marked. */
export function markedTrials(commands: readonly CommandRecord[]): Set<number> {
  const marked = new Set<number>();
  for (const { command } of commands) {
    if (command.kind !== 'mark') continue;
    if (command.marked) marked.add(command.trial);
    else marked.delete(command.trial);
  }
  return marked;
}

/** What is searched in place of what was planned, in shown values: the last word on each. */
export function toldRanges(commands: readonly CommandRecord[]): Record<string, Searched> {
  const told: Record<string, Searched> = {};
  for (const { command, outcome } of commands) {
    if (command.kind !== 'range' || outcome?.state !== 'done') continue;
    const { name, low, high, choices } = command;
    if (choices !== undefined) told[name] = { choices };
    else if (low !== undefined && high !== undefined) told[name] = { low, high };
  }
  return told;
}

/** Notes on a trial, or with undefined those on the study. */
export function notesOn(commands: readonly CommandRecord[], trial: number | undefined): { at: string; text: string }[] {
  return commands.flatMap(({ at, command }) =>
    command.kind === 'note' && command.trial === trial ? [{ at, text: command.text }] : [],
  );
}

/** Whether the search waits for the word to go on: what was obeyed last says so. */
export function isPaused(commands: readonly CommandRecord[]): boolean {
  const obeyed = commands.filter(
    ({ command, outcome }) => outcome?.state === 'done' && (command.kind === 'pause' || command.kind === 'resume'),
  );
  return obeyed.at(-1)?.command.kind === 'pause';
}

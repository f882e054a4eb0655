// Finds the folder of studies and runs for verbs that are not given any data.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../errors.js';

export interface StateFlags {
  state?: string;
}

const stateName = '.goldilocks';

/** How far below the working folder is looked: data often lie in a folder of their own. */
const depth = 3;

export function addStateFlag(command: Command): Command {
  return command.option('--state <folder>', 'where studies are kept (default: the nearest .goldilocks)');
}

/**
 * The folder given, or the nearest `.goldilocks` (with this study, if one is named): here, above, or else below where there
 * is only one. Throws UserError where none is.
 */
export function stateDirectory({ state }: StateFlags, study?: string, from = process.cwd()): string {
  if (state !== undefined) return given(state);
  const hasStudy = (folder: string) => study === undefined || existsSync(join(folder, 'runs', study));
  const upwards = [...above(from)];
  const found =
    upwards.find(hasStudy) ?? onlyOne(from, [...below(resolve(from), depth)].filter(hasStudy)) ?? upwards[0];
  if (found !== undefined) return found;
  throw new UserError(
    `There are no studies here: no ${stateName} in this folder, above or below. It lies beside the data; name it with --state.`,
  );
}

/** The folder given, or the nearest `.goldilocks` here or above, or the one to be made here. */
export function stateDirectoryToBe({ state }: StateFlags, from = process.cwd()): string {
  if (state !== undefined) return existsSync(state) ? given(state) : resolve(state);
  return [...above(from)][0] ?? resolve(from, stateName);
}

function given(state: string): string {
  const inside = join(state, stateName);
  if (existsSync(inside)) return resolve(inside);
  if (existsSync(state)) return resolve(state);
  throw new UserError(`There is no folder ${state}. Studies are kept in ${stateName} beside the data.`);
}

function isState(folder: string): boolean {
  return existsSync(join(folder, 'runs')) || existsSync(join(folder, 'studies.db'));
}

function* above(from: string): Generator<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = join(folder, stateName);
    if (isState(found)) yield found;
    if (folder === dirname(folder)) return;
  }
}

function* below(folder: string, levels: number): Generator<string> {
  if (isState(join(folder, stateName))) yield join(folder, stateName);
  if (levels === 0) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
    if (entry.isDirectory() && !isHidden) yield* below(join(folder, entry.name), levels - 1);
  }
}

function onlyOne(from: string, found: readonly string[]): string | undefined {
  if (found.length < 2) return found[0];
  const list = found.map((state) => relative(from, state)).join(', ');
  throw new UserError(`There are studies in several folders: ${list}. Say which with --state.`);
}

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
 * The folder given, or the nearest `.goldilocks`: here, above, or else below where there is only one, or only one with
 * this study. Throws UserError where none is.
 */
export function stateDirectory({ state }: StateFlags, study?: string, from = process.cwd()): string {
  if (state !== undefined) return given(state);
  const found = above(from) ?? below(resolve(from), study);
  if (found !== undefined) return found;
  throw new UserError(
    `There are no studies here: no ${stateName} in this folder, above or below. It lies beside the data; name it with --state.`,
  );
}

function given(state: string): string {
  const inside = join(state, stateName);
  if (existsSync(inside)) return resolve(inside);
  if (existsSync(state)) return resolve(state);
  throw new UserError(`There is no folder ${state}. Studies are kept in ${stateName} beside the data.`);
}

function above(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = join(folder, stateName);
    if (existsSync(join(found, 'runs'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function below(folder: string, study: string | undefined): string | undefined {
  const all = [...statesIn(folder, depth)];
  const found = study === undefined ? all : all.filter((state) => existsSync(join(state, 'runs', study)));
  if (found.length < 2) return found[0];
  const list = found.map((state) => relative(folder, state)).join(', ');
  throw new UserError(`There are studies in several folders: ${list}. Say which with --state.`);
}

function* statesIn(folder: string, levels: number): Generator<string> {
  if (existsSync(join(folder, stateName, 'runs'))) yield join(folder, stateName);
  if (levels === 0) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
    if (entry.isDirectory() && !isHidden) yield* statesIn(join(folder, entry.name), levels - 1);
  }
}

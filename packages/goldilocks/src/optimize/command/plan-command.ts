// Fits a command and a space together: every placeholder known, every parameter of use.

import type { SpaceFile } from '@goldilocks/protocol';
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { reservedNames } from './names.js';
import { placeholdersOf } from './template.js';

export interface PlannedCommand {
  /** With placeholders. */
  readonly argv: readonly [string, ...string[]];
  /** Without the parameters that the command fixes. */
  readonly space: SpaceFile;
  /** Parameters that the command gives a value of its own, so that they are not searched. */
  readonly fixed: readonly string[];
}

export interface PlanCommandOptions {
  /** The command reads its parameters from the environment or from the parameters' file by itself. */
  readonly fromEnvironment?: boolean;
}

/**
 * Appends the arguments that parameters bring (`args`) where the command has no placeholder for them.
 * @throws UserError for an unknown placeholder, and for a parameter that would change nothing
 */
export function planCommand(
  command: readonly string[],
  space: SpaceFile,
  options: PlanCommandOptions = {},
): PlannedCommand {
  const [program, ...rest] = command;
  if (program === undefined) {
    throw new UserError('No command is given. Put it after --, such as: -- python train.py --lr {learning_rate}');
  }
  const used = new Set(command.flatMap(placeholdersOf));
  checkKnown(used, space);
  const fixed = Object.keys(space.parameters).filter(
    (name) => !used.has(name) && says(command, space.parameters[name]!.args ?? []),
  );
  const left = withoutParameters(space, fixed);
  const ownOfParameters = Object.entries(left.parameters).flatMap(([name, { args = [] }]) =>
    used.has(name) ? [] : args,
  );
  const always = (space.args ?? []).filter((args) => !says(command, args)).flat();
  const argv = [program, ...rest, ...always, ...ownOfParameters] as const;
  const reached = new Set(argv.flatMap(placeholdersOf));
  if (!options.fromEnvironment && !reached.has('params_file')) checkUsed(reached, left);
  return { argv, space: left, fixed };
}

function checkKnown(used: ReadonlySet<string>, { parameters }: SpaceFile): void {
  const known = [...Object.keys(parameters), ...reservedNames];
  const unknown = [...used].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const name = excerpt(unknown);
  throw new UserError(
    `The command has the placeholder {${name}}, which is no parameter of the space (${known.map(excerptName).join(', ')}). ` +
      `Add it there, or write {{${name}}} where the command is to have these braces.`,
  );
}

function checkUsed(reached: ReadonlySet<string>, { parameters }: SpaceFile): void {
  const idle = Object.keys(parameters).filter((name) => !reached.has(name));
  if (idle.length === 0) return;
  const [first] = idle as [string];
  const names = idle.map((name) => `{${excerpt(name)}}`).join(', ');
  throw new UserError(
    `The command does not use ${names}, so searching ${idle.length === 1 ? 'it' : 'them'} would change nothing. Put it in, ` +
      `such as --${excerpt(first)} {${excerpt(first)}}; or give the command {params_file}; or say --from-environment ` +
      'if it reads GOLDILOCKS_PARAM_… or GOLDILOCKS_PARAMS_FILE itself.',
  );
}

function excerptName(name: string): string {
  return excerpt(name);
}

/** Whether the command says the flag or key of these arguments itself, e.g. `--learning_rate 1e-4` or `optimizer.lr=1e-4`. */
function says(command: readonly string[], [first = '']: readonly string[]): boolean {
  const key = first.split('=')[0]!;
  if (key === '' || placeholdersOf(key).length > 0) return false;
  const spellings = [key, key.replaceAll('_', '-'), key.replace(/(?<=\w)-/g, '_')];
  return command.some((argument) => spellings.some((own) => argument === own || argument.startsWith(`${own}=`)));
}

/** The space without some parameters, and without what applies only with them. */
function withoutParameters(space: SpaceFile, names: readonly string[]): SpaceFile {
  if (names.length === 0) return space;
  const entries = Object.entries(space.parameters).filter(
    ([name, { when = {} }]) => !names.includes(name) && !Object.keys(when).some((other) => names.includes(other)),
  );
  if (entries.length > 0) return { ...space, parameters: Object.fromEntries(entries) };
  throw new UserError('The command gives a value to every parameter of the space: nothing is left to search.');
}

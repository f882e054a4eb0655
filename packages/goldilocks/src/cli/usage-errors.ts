// Commander's refusals in whole sentences: what was given, what is possible, where to read more.
import type { Command, CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { excerpt } from '../terminal/strip-control.js';

/** The command whose arguments were wrong, so that its own help can be named. */
export function usageError(error: CommanderError, command: Command): UserError {
  return new UserError(`${sentence(error, command)} See: ${nameOf(command)} --help`);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function sentence({ code, message }: CommanderError, command: Command): string {
  const [first = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const quoted = /'([^']*)'/.exec(first)?.[1] ?? '';
  const hint = suggestion === undefined ? '' : ` ${suggestion.replace(/^\(|\)$/g, '')}`;
  switch (code) {
    case 'commander.unknownOption':
      return `${nameOf(command)} has no flag ${excerpt(quoted)}.${hint}`;
    case 'commander.unknownCommand':
      return `There is no verb «${excerpt(quoted)}».${hint}`;
    case 'commander.missingArgument':
      return `${nameOf(command)} needs ${/'(.*)'/.exec(first)?.[1]?.toUpperCase() ?? 'an argument'}.`;
    case 'commander.optionMissingArgument':
      return `${flagOf(quoted)} needs a value.`;
    case 'commander.excessArguments':
      return `${nameOf(command)} was given more than it takes. Put paths with spaces in quotes.`;
    case 'commander.conflictingOption':
      return `${first.charAt(0).toUpperCase()}${first.slice(1)}; give one of the two.`;
    case 'commander.invalidArgument':
      return invalid(first);
    default:
      return `${first.charAt(0).toUpperCase()}${first.slice(1)}.`;
  }
}

/** `option '--x <n>' argument '5' is invalid. It must be …` becomes `--x is 5. It must be …`. */
function invalid(message: string): string {
  const found = /(?:option|command-argument value) '([^']*)'(?: argument '([\s\S]*)')? is invalid\. ?([\s\S]*)$/.exec(
    message,
  );
  if (found === null) return message;
  return `${flagOf(found[1]!)} is «${excerpt(found[2] ?? '')}». ${found[3]}`;
}

/** The long name in `-x, --long <value>`. */
function flagOf(flags: string): string {
  return flags.split(/[ ,]+/).find((part) => part.startsWith('--')) ?? flags;
}

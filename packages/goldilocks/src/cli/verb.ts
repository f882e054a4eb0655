// What every verb has in common: help with an example, --json, a session, one result.
import type { Command } from 'commander';
import { type Session, withSession } from './session.js';

export interface Outcome {
  /** For machines: one object, the last line of standard output under --json. */
  json: Record<string, unknown>;
  /** For the person, on standard output, without a newline at its end; '' where all has been said. */
  text: string;
}

export interface VerbDefinition<Flags> {
  name: string;
  /** What the verb does, in a few words. */
  summary: string;
  /** A line to type, and what it does. */
  examples: readonly (readonly [line: string, does: string])[];
  /** Adds arguments and flags. */
  define(command: Command): void;
  run(args: string[], flags: Flags, session: Session): Promise<Outcome>;
}

/** A verb, to be added to the program. */
export type Verb = (program: Command) => void;

export function verb<Flags extends object>(definition: VerbDefinition<Flags>): Verb {
  return (program) => {
    const command = program.command(definition.name).summary(definition.summary).description(definition.summary);
    definition.define(command);
    command
      .optionsGroup('Options:')
      .option('--json', 'one JSON object on standard output; progress on standard error')
      .addHelpText('after', () => `\nExamples:\n${examplesText(definition.examples)}`)
      .action(async () => {
        const { json, ...flags } = command.opts<Flags & { json?: boolean }>();
        const outcome = await withSession({ json }, (session) => definition.run(command.args, flags as Flags, session));
        const text = json ? JSON.stringify(outcome.json) : outcome.text;
        if (text !== '') process.stdout.write(`${text}\n`);
      });
  };
}

function examplesText(examples: VerbDefinition<object>['examples']): string {
  return examples.map(([line, does]) => `  $ ${line}\n      ${does}`).join('\n');
}

// What every verb has in common: help with an example, --json, a session, one result.
import type { JourneyEvent } from '@goldilocks/protocol';
import type { Command } from 'commander';
import type { ProgressDisplay } from '../terminal/progress.js';
import { type Message, type Session, withSession } from './session.js';

export interface Outcome {
  /** For machines: one object, the last line of standard output under --json. */
  json: Record<string, unknown>;
  /** For the person, on standard output, without a newline at its end; '' where all has been said. */
  text: string;
}

export interface VerbDefinition<Flags, Event = JourneyEvent> {
  name: string;
  /** What the verb does, in a few words. */
  summary: string;
  /** A line to type, and what it does. */
  examples: readonly (readonly [line: string, does: string])[];
  /** Adds arguments and flags. */
  define(command: Command): void;
  run(args: string[], flags: Flags, session: Session<Event>): Promise<Outcome>;
  /** What the first Ctrl-C does, as a sentence; default: that the current step is finished. */
  stopping?: string;
  /** How the verb's events are shown; default: as those of a journey. */
  createDisplay?(args: string[], flags: Flags): Promise<ProgressDisplay<Event | Message>>;
}

/** A verb, to be added to the program. */
export type Verb = (program: Command) => void;

export function verb<Flags extends object, Event = JourneyEvent>(definition: VerbDefinition<Flags, Event>): Verb {
  const { stopping, createDisplay = journeyDisplay as NonNullable<typeof definition.createDisplay> } = definition;
  return (program) => {
    const command = program.command(definition.name).summary(definition.summary).description(definition.summary);
    definition.define(command);
    command
      .optionsGroup('Options:')
      .option('--json', 'one JSON object on standard output; progress on standard error')
      .addHelpText('after', () => `\nExamples:\n${examplesText(definition.examples)}`)
      .action(async () => {
        const { json, ...flags } = command.opts<Flags & { json?: boolean }>();
        const { args } = command;
        const display = await createDisplay(args, flags as Flags);
        const outcome = await withSession({ json, display, stopping }, (session: Session<Event>) =>
          definition.run(args, flags as Flags, session),
        );
        const text = json ? JSON.stringify(outcome.json) : outcome.text;
        if (text !== '') process.stdout.write(`${text}\n`);
      });
  };
}

export async function journeyDisplay(): Promise<ProgressDisplay> {
  const { createProgress } = await import('../terminal/progress.js');
  return createProgress();
}

/** For verbs that have only messages to show. */
export async function messageDisplay(): Promise<ProgressDisplay<Message>> {
  const { createMessageDisplay } = await import('../terminal/message-display.js');
  return createMessageDisplay();
}

function examplesText(examples: VerbDefinition<object, unknown>['examples']): string {
  return examples.map(([line, does]) => `  $ ${line}\n      ${does}`).join('\n');
}

// Gives a command: shown as requested at once, as done when the search has come to it.
import type { CommandRecord, SteeringCommand, StudyOverview } from '@goldilocks/protocol/page';
import { call } from '../../../api/client.js';
import { queryClient, studyQuery } from '../../../api/queries.js';
import { searchedText } from '../../../components/searched.js';
import { tellError } from '../../../components/toasts.js';
import { list, param } from '../../../format.js';
import { text } from '../../../text.js';

/** With an id of its own, so that a second try after a lost connection does not do it twice. */
export async function give(study: string, command: SteeringCommand): Promise<void> {
  const id = crypto.randomUUID();
  const send = () => call('giveCommand', { path: { study }, body: { id, command } });
  try {
    show(study, await send().catch(send));
  } catch (error) {
    tellError(error);
  }
}

function show(study: string, record: CommandRecord): void {
  const { queryKey } = studyQuery(study);
  queryClient.setQueryData(queryKey, (before: StudyOverview | undefined) => {
    if (!before || before.commands.some(({ id }) => id === record.id)) return before;
    return { ...before, commands: [...before.commands, record] };
  });
  void queryClient.invalidateQueries({ queryKey });
}

/** A command in words. */
export function commandSentence(command: SteeringCommand, title: (name: string) => string): string {
  const { sentence } = text.steer;
  switch (command.kind) {
    case 'pause':
    case 'resume':
    case 'stop':
      return sentence[command.kind];
    case 'stop-trial':
      return sentence['stop-trial'](command.trial);
    case 'enqueue':
      return sentence.enqueue(
        list(Object.entries(command.params).map(([name, value]) => `${title(name)} ${param(value)}`)),
      );
    case 'range': {
      const { name, choices, low = Number.NaN, high = Number.NaN } = command;
      return sentence.range(title(name), searchedText(choices ? { choices } : { low, high }));
    }
    case 'extend': {
      const { minutes, trials } = command;
      const amounts = [minutes && text.steer.minutesOf(minutes), trials && text.steer.trialsOf(trials)];
      return sentence.extend(list(amounts.filter((amount) => typeof amount === 'string')));
    }
    case 'mark':
      return command.marked ? sentence.mark(command.trial) : sentence.unmark(command.trial);
    case 'note':
      return sentence.note(command.text);
  }
}

// Flags that bound a search.
import { type Command, Option } from 'commander';
import type { JourneySettings } from '../../journey/options.js';
import { count, minutesOf } from '../values.js';

export interface BudgetFlags {
  budget?: number;
  trials?: number;
}

export function addBudgetFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--budget <time>', 'time for everything, such as 30m, 2h or 90s (default: 30m)').argParser(minutesOf),
    )
    .addOption(new Option('--trials <count>', 'trials of the search, such as 12').argParser(count(1, '12')));
}

export function budgetOptions({ budget, trials }: BudgetFlags): JourneySettings['budget'] {
  return budget === undefined && trials === undefined ? undefined : { minutes: budget, trials };
}

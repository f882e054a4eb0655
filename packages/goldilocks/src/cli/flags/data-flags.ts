// Flags that say how to read the data.
import type { Command } from 'commander';
import type { TaskKind } from '../../inspect/types.js';
import type { DataOptions } from '../../journey/options.js';
import { choice, innerShare, names } from '../values.js';

export interface DataFlags {
  textColumn?: string;
  promptColumn?: string;
  completionColumn?: string;
  labelColumn?: string[];
  splitColumn?: string;
  task?: TaskKind;
  skipBadRows?: boolean;
  validationShare?: number;
  testShare?: number;
}

export function addDataFlags(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .option('--text-column <name>', 'the column of plain text, or of the text to label')
    .option('--prompt-column <name>', 'the column of what the model is given')
    .option('--completion-column <name>', 'the column of what it is to answer')
    .option('--label-column <names>', 'the column of labels; several, joined by commas, make one label', names)
    .option('--split-column <name>', 'the column that says train, validation or test')
    .option('--task <task>', 'classification, generation or text', choice(['classification', 'generation', 'text']))
    .option('--skip-bad-rows', 'leave unreadable rows out instead of refusing the file')
    .option('--validation-share <share>', 'share of rows to validate on (default: 0.15)', innerShare('0.15'))
    .option('--test-share <share>', 'share of rows to test on (default: 0.15)', innerShare('0.15'));
}

export function dataOptions(data: string, flags: DataFlags): DataOptions {
  const { labelColumn, textColumn, promptColumn, completionColumn, splitColumn } = flags;
  const { task, skipBadRows, validationShare, testShare } = flags;
  const labels =
    labelColumn === undefined || labelColumn.length === 1
      ? { labelColumn: labelColumn?.[0] }
      : { labelColumns: labelColumn };
  return {
    data,
    ...labels,
    textColumn,
    promptColumn,
    completionColumn,
    splitColumn,
    task,
    skipBadRows,
    validationShare,
    testShare,
  };
}

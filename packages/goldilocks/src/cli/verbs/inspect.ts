// `goldilocks inspect DATA`: what is in the data.
import { addDataFlags, type DataFlags, dataOptions } from '../flags/data-flags.js';
import { addModelFlags, type ModelFlags, modelOptions } from '../flags/model-flags.js';
import { verb } from '../verb.js';

export const inspect = verb<DataFlags & ModelFlags>({
  name: 'inspect',
  summary: 'says what is in the data: columns, splits, problems by line, lengths, what simple rules reach',
  examples: [
    ['goldilocks inspect feedback.jsonl', 'what Goldilocks takes the columns for, and what is wrong'],
    ['goldilocks inspect notes.csv --label-column finding', 'with the column of labels named'],
  ],
  define(command) {
    command.argument('<data>', 'a file or a folder of files');
    addModelFlags(addDataFlags(command));
  },
  async run([data], flags, { signal }) {
    const { inspectData } = await import('../../preview/inspect-data.js');
    const { describeInspection } = await import('../../inspect/describe.js');
    const inspected = await inspectData({ ...dataOptions(data!, flags), ...modelOptions(flags), signal });
    const { rows: _, splits, ...rest } = inspected;
    const sizes = { train: splits.train.length, validation: splits.validation.length, test: splits.test.length };
    return { json: { ...rest, splits: sizes }, text: describeInspection(inspected).join('\n') };
  },
});

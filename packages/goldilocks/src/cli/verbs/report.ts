// `goldilocks report [STUDY]`: shows a report again, as text, HTML or JSON.
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { choice } from '../values.js';
import { verb } from '../verb.js';

interface Flags extends StateFlags {
  format: 'text' | 'html' | 'json';
  out?: string;
}

export const report = verb<Flags>({
  name: 'report',
  summary: 'shows the report of a finished study again',
  examples: [
    ['goldilocks report', 'the newest one, as text'],
    ['goldilocks report feedback-1 --format html --out report.html', 'as a page of its own'],
  ],
  define(command) {
    addStateFlag(command.argument('[study]', 'a study, or the folder of a result (default: the newest study)'))
      .option('--format <format>', 'text, html or json', choice(['text', 'html', 'json']), 'text')
      .option('--out <file>', 'write there instead of to standard output');
  },
  async run([study], flags, { width, paint }) {
    const { findReport } = await import('../../studies/find-report.js');
    const found = await findReport(study, () => stateDirectory(flags, study));
    const text = await written();
    if (flags.out === undefined) return { json: { report: found }, text };
    const { writeFileAtomic } = await import('../../state/atomic.js');
    await writeFileAtomic(flags.out, `${text}\n`);
    return { json: { report: found, file: flags.out }, text: `Written to ${flags.out}.` };

    async function written(): Promise<string> {
      if (flags.format === 'json') return JSON.stringify(found, null, 2);
      if (flags.format === 'html') return (await import('../../report/html/page.js')).reportHtml(found).trimEnd();
      return (await import('../../report/terminal.js')).reportText(found, { width, paint }).trimEnd();
    }
  },
});

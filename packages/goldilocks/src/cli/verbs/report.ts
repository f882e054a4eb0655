// `goldilocks report [STUDY]`: shows a report again, as text, HTML or JSON.
import { UserError } from '../../errors.js';
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { choice } from '../values.js';
import { verb } from '../verb.js';
import { optimizeOutcome } from './optimize.js';

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
    const search = await searchOf(study, flags);
    if (search !== undefined) return optimizeOutcome(search, { width, paint });
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

/** What a search over a command's flags found; undefined for a journey, or the folder of a result. */
async function searchOf(study: string | undefined, flags: Flags) {
  const { existsSync } = await import('node:fs');
  if (study !== undefined && existsSync(study)) return undefined;
  const { resultOfSearch, searchNamed } = await import('../../optimize/find-search.js');
  const state = stateDirectory(flags, study);
  const name = await searchNamed(state, study);
  if (name === undefined) return undefined;
  if (flags.format === 'text' && flags.out === undefined) return resultOfSearch(state, name);
  throw new UserError(`«${name}» is a search over a command's flags: its report is text, or an object with --json.`);
}

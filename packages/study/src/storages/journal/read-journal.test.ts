import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { golden } from '../../../test/golden.js';
import { formatDistribution } from '../../distributions/optuna-json.js';
import { StorageCorruptError } from '../../errors.js';
import { copyStudy, readStudies } from '../../study/copy-study.js';
import { constraintsOf } from '../../trial/constraints.js';
import { MemoryStorage } from '../memory.js';
import { SqliteStorage } from '../sqlite/sqlite-storage.js';
import { readJournal } from './read-journal.js';

const journal = new URL('../../../../../goldens/study/journal.log', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a journal of Optuna's", () => {
  test('is read as Optuna reads it', async () => {
    const storage = new MemoryStorage();
    await storage.addStudies(await readJournal(journal));
    const read = [];
    for (const { id, name, directions, userAttributes, systemAttributes } of await storage.getStudies()) {
      const trials = (await storage.getTrials(id)).map((trial) => ({
        number: trial.number,
        state: trial.state,
        values: trial.values,
        params: trial.params,
        distributions: Object.fromEntries(
          Object.entries(trial.distributions).map(([key, value]) => [key, JSON.parse(formatDistribution(value))]),
        ),
        intermediate: Object.fromEntries(trial.intermediateValues),
        user: trial.userAttributes,
        system: trial.systemAttributes,
        constraints: constraintsOf(trial),
        started: trial.startedAt?.toISOString() ?? null,
        completed: trial.completedAt?.toISOString() ?? null,
      }));
      read.push({ name, directions, user: userAttributes, system: systemAttributes, trials });
    }
    expect(read).toEqual(golden('journal'));
  });
  test('whose last line was torn off is read up to there', async () => {
    const text = readFileSync(journal, 'utf8');
    const lines = text.trimEnd().split('\n');
    const torn = written('torn.log', text.slice(0, -20));
    const short = written('short.log', `${lines.slice(0, -1).join('\n')}\n`);
    expect(await readJournal(torn)).toEqual(await readJournal(short));
  });
  test('that is damaged elsewhere is refused, with the line', async () => {
    const lines = readFileSync(journal, 'utf8').split('\n');
    for (const damage of ['{"op_code":6,"trial_id":0,"state":', '{"op_code":77}', '{"op_code":4,"study_id":"0"}', '']) {
      const path = written('damaged.log', lines.with(4, damage).join('\n'));
      await expect(readJournal(path)).rejects.toThrow(StorageCorruptError);
      await expect(readJournal(path)).rejects.toThrow('damaged.log, line 5 ');
    }
    await expect(readJournal(written('text.log', 'loss,rate'))).rejects.toThrow(/nor a journal/);
    expect(await readJournal(written('empty.log', ''))).toEqual([]);
  });
});

test('studies are copied between storages, whole and under another name', async () => {
  const from = new MemoryStorage();
  await from.addStudies(await readJournal(journal));
  const to = await SqliteStorage.open(join(folder, 'copy.db'));
  const names = (await from.getStudies()).map(({ name }) => name);
  for (const name of names) await copyStudy({ name, from, to, as: `${name} again` });
  const renamed = (await readStudies(from)).map((study) => ({ ...study, name: `${study.name} again` }));
  const withoutIds = (studies: typeof renamed) =>
    studies.map((study) => ({ ...study, trials: study.trials!.map((trial) => ({ ...trial, id: 0 })) }));
  expect(withoutIds(await readStudies(to))).toEqual(withoutIds(renamed));
  await expect(copyStudy({ name: names[0]!, from, to, as: `${names[0]} again` })).rejects.toThrow(/already exists/);
  await to.close();
});

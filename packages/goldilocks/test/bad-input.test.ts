// What cannot work is refused by the real command line: a sentence that says what, where and what to do, the right exit
// code, and nothing half-written.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, type Finished, goldilocks, program, says, start } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';
import { writeTinyModel } from './tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-bad-input-'));
const at = (...parts: string[]) => join(folder, ...parts);
const rows = smallRows();
const long = { timeout: 300_000 };

beforeAll(async () => {
  await writeTinyModel(at('tiny'));
  writeFileSync(at('good.jsonl'), jsonLines(rows));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of everything a verb may leave, but for the cache. */
function contents(): string[] {
  const all = readdirSync(folder, { recursive: true }) as string[];
  return all.filter((name) => !/\.goldilocks(\/cache.*|\/runs|\/studies\.db)?$/.test(name)).sort();
}

/** Runs a verb that must refuse: checks the sentence, the exit code, and that nothing is left behind. */
async function refuses(args: readonly string[], code: number, ...said: RegExp[]): Promise<Finished> {
  const before = contents();
  const finished = await goldilocks(args, { cwd: folder });
  expect(finished.stderr).not.toMatch(/\n {4}at |Error:/); // no stack traces
  for (const part of said) expect(finished.stderr).toMatch(part);
  expect(finished.code, finished.stderr).toBe(code);
  expect(contents()).toEqual(before);
  return finished;
}

const run = (data: string, ...flags: string[]) => [
  ...['run', data, '--model', 'tiny', '--trials', '1', '--out', 'out'],
  ...flags,
];

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return name;
}

describe('data', () => {
  it('that are not there', async () => {
    await refuses(run('nowhere/data.jsonl'), 2, /no file or folder nowhere\/data\.jsonl/, /Check the path/);
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  it('that are empty', () => refuses(run(write('empty.jsonl', '')), 2, /empty\.jsonl is empty/));

  it('that are binary', async () => {
    const bytes = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256);
    await refuses(run(write('binary.jsonl', bytes)), 2, /binary\.jsonl/, /binary|not text/i);
  });

  it('with a broken line, which is named, and skipped only when asked to', async () => {
    const lines = jsonLines(rows).split('\n');
    lines[4] = '{"text": "half a line';
    const data = write('broken.jsonl', lines.join('\n'));
    await refuses(run(data), 2, /broken\.jsonl:5/, /--skip-bad-rows/);
    const skipped = await goldilocks(['inspect', data, '--model', 'tiny', '--skip-bad-rows', '--json'], {
      cwd: folder,
    });
    expect(skipped.code).toBe(0);
    expect(JSON.parse(skipped.stdout).statistics).toMatchObject({ rows: rows.length - 1, unreadableRows: 1 });
  });

  it('with other columns', async () => {
    const data = write('columns.jsonl', jsonLines(rows.map((_, i) => ({ id: i, price: i * 2 }))));
    await refuses(run(data), 2, /columns\.jsonl/, /column/);
    await refuses(run('good.jsonl', '--prompt-column', 'question'), 2, /"?question"?/, /text/);
  });

  it('with one class only', () => {
    const data = write('one.jsonl', jsonLines(rows.map(({ text }) => ({ text, label: 'price' }))));
    return refuses(run(data, '--task', 'classification'), 2, /one\.jsonl/, /price/, /two|one label|only/i);
  });

  it('of fewer than ten rows', () =>
    refuses(run(write('few.jsonl', jsonLines(rows.slice(0, 9)))), 2, /few\.jsonl/, /9/, /10/));

  it('whose rows are all too long', () => {
    const data = jsonLines(rows.map((row) => ({ ...row, text: `${row.text} `.repeat(40) })));
    return refuses(run(write('long.jsonl', data)), 2, /long\.jsonl/, /every row is longer than 128 tokens/, /shorten/);
  });
});

describe('models', () => {
  const train = (model: string) => ['train', 'good.jsonl', '--model', model, '--out', 'out'];

  /** A copy of the tiny model with one file changed. */
  async function changed(name: string, file: string, change: (bytes: Buffer) => Uint8Array): Promise<string> {
    await writeTinyModel(at(name));
    writeFileSync(at(name, file), change(readFileSync(at(name, file))));
    return name;
  }

  it('that are not there', () => refuses(train('no-such-model'), 2, /no-such-model/, /goldilocks-base/, /--model/));

  it('with weights cut short', async () => {
    const model = await changed('short', 'model.safetensors', (bytes) => bytes.subarray(0, bytes.length - 100));
    await refuses(train(model), 2, /short.model\.safetensors/, /bytes|cut|short/i);
  });

  it('with a damaged header', async () => {
    const model = await changed('damaged', 'model.safetensors', (bytes) => {
      bytes.fill(0xff, 8, 40);
      return bytes;
    });
    await refuses(train(model), 2, /damaged.model\.safetensors/);
  });

  it('whose tokenizer does not match the embedding', async () => {
    await writeTinyModel(at('mismatch'), { vocabSize: 100 });
    await refuses(train('mismatch'), 2, /mismatch/, /token/, /100/);
  });

  it('of which only a file is given', () => refuses(train('tiny/model.safetensors'), 2, /is a file/, /folder/));
});

describe('settings', () => {
  const train = (...flags: string[]) => ['train', 'good.jsonl', '--model', 'tiny', '--out', 'out', ...flags];

  it.each<[flags: string[], ...said: RegExp[]]>([
    [['--learning-rate', '0'], /--learning-rate is «0»/, /above 0/],
    [['--learning-rate=-1e-4'], /--learning-rate is «-1e-4»/, /above 0/],
    [['--dropout', '1'], /--dropout is «1»/, /below 1/],
    [['--epochs', '0'], /--epochs is «0»/, /above 0/],
    [['--batch-size', '2.5'], /--batch-size is «2\.5»/, /whole number/],
    [['--weight-decay=-1'], /--weight-decay is «-1»/, /from 0/],
    [['--schedule', 'cosin'], /--schedule is «cosin»/, /cosine/],
    [['--learning-rat', '1e-3'], /no flag --learning-rat/, /Did you mean --learning-rate/],
    [['--seed', 'x'], /--seed is «x»/, /whole number/],
  ])('%s', async (flags, ...said) => {
    await refuses(train(...flags), 2, ...said);
  });

  it('more frozen layers than there are', () =>
    refuses(train('--frozen-layers', '3'), 2, /frozen layers is 3/, /0 to 2/));

  it('a budget without a unit', () =>
    refuses(['run', 'good.jsonl', '--budget', '30'], 2, /--budget is «30»/, /Did you mean 30m/));

  it('a budget that is a word', () => refuses(['run', 'good.jsonl', '--budget', 'soon'], 2, /90s, 30m, 2h/));
});

describe('the output', () => {
  it('in use', async () => {
    mkdirSync(at('used'));
    writeFileSync(at('used', 'thesis.txt'), 'mine');
    const flags = ['--out', 'used'];
    await refuses(run('good.jsonl', ...flags), 2, /used is already in use/, /thesis\.txt/, /--out/);
    await refuses(run('good.jsonl', ...flags, '--overwrite'), 2, /only folders that it made/);
    await refuses(['train', 'good.jsonl', '--model', 'tiny', ...flags], 2, /used is already in use/);
  });

  it('that cannot be made', () =>
    refuses(
      run('good.jsonl', '--out', 'good.jsonl/out'),
      1,
      /Could not write good\.jsonl\/out/,
      /Choose another folder/,
    ));

  // Even root may not make folders in /sys.
  it.runIf(process.platform === 'linux')('that is not allowed', () =>
    refuses(
      run('good.jsonl', '--out', '/sys/goldilocks'),
      1,
      /Could not write \/sys\/goldilocks/,
      /not allowed|read-only/,
    ),
  );
});

describe('a full disk', () => {
  const small = ['unshare', '--user', '--map-root-user', '--mount'];
  const canMount =
    spawnSync(small[0]!, [...small.slice(1), 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'x', folder]).status === 0;

  /** In a mount namespace of its own, on a disk of so many kilobytes that only this command sees. */
  const on = (kilobytes: number, place: string) => [
    ...[
      ...small,
      'sh',
      '-c',
      `mount -t tmpfs -o size=${kilobytes}k none ${place} && cp good.jsonl ${place} && "$@"`,
      'sh',
    ],
  ];

  it.runIf(canMount)(
    'ends a run with a sentence; without unprivileged mounts it cannot be made',
    async () => {
      mkdirSync(at('disk'), { recursive: true });
      const args = ['train', 'disk/good.jsonl', '--model', 'tiny', '--out', 'disk/out', '--epochs', '1'];
      const { code, stderr } = await goldilocks(args, { cwd: folder, before: on(160, 'disk') });
      expect(stderr).toMatch(/disk is full/);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(code).toBe(1);
      expect(readdirSync(at('disk'))).toEqual([]);
    },
    60_000,
  );
});

describe('studies', () => {
  it('with two runs at once, stopped, and resumed', long, async () => {
    mkdirSync(at('busy'));
    writeFileSync(at('busy', 'good.jsonl'), jsonLines(rows));
    const cwd = at('busy');
    const first = start(
      ['run', 'good.jsonl', '--model', '../tiny', '--budget', '30m', '--out', 'out', '--study', 's'],
      { cwd },
    );
    const firstEnd = ended(first);
    await says(first, 'trial 0');
    const second = await goldilocks(['resume', 's'], { cwd });
    expect(second.stderr).toMatch(/Another run is working on the study «s» \(process \d+\)/);
    expect(second.code).toBe(1);
    first.kill('SIGINT');
    const stopped = await firstEnd;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/goldilocks resume s --state/);
    expect(readdirSync(cwd).sort()).toEqual(['.goldilocks', 'good.jsonl']);
  });

  it('of another version', long, async () => {
    const cwd = at('busy');
    const record = join(cwd, '.goldilocks', 'runs', 's', 'journey.json');
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), format: 99 }));
    const { code, stderr } = await goldilocks(['resume', 's'], { cwd });
    expect(stderr).toMatch(/study «s» has format 99/);
    expect(stderr).toMatch(/version that made it/);
    expect(code).toBe(2);
  });

  it('of which there is none', async () => {
    const { code, stderr } = await goldilocks(['resume', 'nothing'], { cwd: at('busy') });
    expect(stderr).toMatch(/no study «nothing»/);
    expect(stderr).toMatch(/It has: s\./);
    expect(code).toBe(2);
  });

  it('whose file is damaged', async () => {
    mkdirSync(at('torn', '.goldilocks'), { recursive: true });
    writeFileSync(at('torn', '.goldilocks', 'studies.db'), 'no database, but long enough to look like one'.repeat(100));
    const { code, stderr } = await goldilocks(['studies'], { cwd: at('torn') });
    expect(stderr).toMatch(/studies\.db/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(1);
  });
});

it('tests the program as it is built', () => {
  expect(statSync(program).isFile()).toBe(true);
});

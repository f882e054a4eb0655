// The command line from outside: every verb on a tiny model, help, machine-readable output, exit codes, Ctrl-C.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportSchema } from '@goldilocks/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandOptions, ended, type Finished, goldilocks, says, start } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';
import { writeTinyModel } from './tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-cli-'));
const options: CommandOptions = { cwd: folder };
const verbs = 'run inspect plan train refine resume studies report evaluate chat export optimize ask-tell models'.split(
  ' ',
);

beforeAll(async () => {
  await writeTinyModel(join(folder, 'tiny'));
  writeFileSync(join(folder, 'data.jsonl'), jsonLines(smallRows(60)));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a verb that must succeed. */
async function ok(...args: string[]): Promise<Finished> {
  const finished = await goldilocks(args, options);
  expect(finished.code, finished.stderr).toBe(0);
  return finished;
}

/** The object of --json, which must be the only thing on standard output. */
async function json(...args: string[]) {
  const { stdout } = await ok(...args, '--json');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('help', () => {
  it('lists every verb, and is what a program without a terminal gets', async () => {
    const { stdout } = await ok('--help');
    for (const name of verbs) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(stdout).toMatch(/Exit codes: 0 done, 1 failed, 2 bad usage or bad data, 130 interrupted/);
    expect((await ok()).stdout).toContain('Commands:');
  });

  it.each(verbs)('of %s has an example', async (name) => {
    const { stdout } = await ok(name, '--help');
    expect(stdout).toContain(`Usage: goldilocks ${name}`);
    expect(stdout).toMatch(new RegExp(`Examples:\\n {2}\\$ goldilocks ${name}`));
    expect(stdout).toContain('--json');
  });

  it('says the version of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await ok('--version')).stdout).toBe(`${manifest.version}\n`);
  });
});

describe('usage', () => {
  it.each<[args: string[], ...said: RegExp[]]>([
    [['rnu', 'data.jsonl'], /no verb «rnu»/, /Did you mean run/],
    [['run'], /goldilocks run needs DATA/, /goldilocks run --help/],
    [['run', 'data.jsonl', '--out'], /--out needs a value/],
    [['inspect', 'a', 'b'], /more than it takes/],
    [['report', '--format', 'pdf'], /--format is «pdf»/, /text, html, json/],
    [
      ['export', 'tiny', '--to', 'gguf', '--dtype', 'F32', '--out', 'x'],
      /Weights in gguf are F16 or Q8_0, not F32/,
      /--dtype/,
    ],
    [['train', 'data.jsonl', '--model', 'weights.gguf'], /no model «weights.gguf»/, /GGUF/],
  ])('%s', async (args, ...said) => {
    const { code, stderr, stdout } = await goldilocks(args, options);
    for (const part of said) expect(stderr).toMatch(part);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('errors are objects too under --json', async () => {
    const { code, stdout, stderr } = await goldilocks(['inspect', 'nothing.jsonl', '--json'], options);
    const { error } = JSON.parse(stdout);
    expect(error).toEqual({ message: stderr.trimEnd(), exitCode: 2 });
    expect(code).toBe(2);
  });

  it('shows where it broke only when asked to', async () => {
    const debugged = await goldilocks(['inspect', 'nothing.jsonl'], { ...options, env: { GOLDILOCKS_DEBUG: '1' } });
    expect(debugged.stderr).toMatch(/\n {4}at /);
  });

  it('strips control characters from what data and names say', async () => {
    const evil = '\u001b]0;owned\u0007';
    const { stderr } = await goldilocks(['inspect', `no${evil}.jsonl`], options);
    writeFileSync(
      join(folder, 'evil.jsonl'),
      jsonLines(smallRows(30).map((row) => ({ ...row, label: row.label + evil }))),
    );
    const { stdout } = await ok('inspect', 'evil.jsonl', '--model', 'tiny');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    for (const text of [stderr, stdout]) expect(text).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('verbs', () => {
  it('inspect and plan', async () => {
    const inspected = await json('inspect', 'data.jsonl', '--model', 'tiny');
    expect(inspected).toMatchObject({ task: 'classification', labels: ['app', 'delivery', 'price'] });
    const sizes = Object.values(inspected.splits as Record<string, number>);
    expect(sizes.reduce((a, b) => a + b)).toBe(60);
    const { plan, cost } = await json('plan', 'data.jsonl', '--model', 'tiny', '--budget', '5m', '--dropout', '0.1');
    expect(plan.settings.dropout).toBe(0.1);
    expect(plan.fixedByUser).toEqual(['dropout']);
    expect(cost.secondsPerRun).toBeGreaterThan(0);
    expect(existsSync(join(folder, '.goldilocks'))).toBe(false);
  });

  it('run, studies, report', async () => {
    const { report, output, study } = await json(
      'run',
      'data.jsonl',
      '--model',
      'tiny',
      '--trials',
      '2',
      '--epochs',
      '1',
      '--out',
      'result',
    );
    expect(reportSchema.parse(report).study).toBe(study);
    for (const name of ['model.safetensors', 'tokenizer.json', 'report.html', 'report.json', 'README.md']) {
      expect(existsSync(join(folder, output, name))).toBe(true);
    }
    expect((await json('studies')).studies).toMatchObject([{ name: study, finished: true, output: 'result' }]);
    expect((await json('report', study)).report).toEqual(report);
    expect((await ok('report', 'result', '--format', 'html')).stdout).toContain('<!doctype html>');
    const { stdout } = await ok('report');
    const coloured = { ...options, env: { FORCE_COLOR: '1', NO_COLOR: '' } };
    expect((await goldilocks(['report'], coloured)).stdout).toContain('\u001b[');
    expect(stdout).not.toContain('\u001b[');
    expect(stdout).toContain(report.verdict.headline);
    expect(JSON.parse((await ok('report', '--format', 'json')).stdout)).toEqual(report);
    expect((await json('resume', study)).report).toEqual(report); // finished: shown again
  });

  it('train, evaluate, chat, export', async () => {
    const flags = ['--method', 'lora', '--lora-rank', '2', '--epochs', '1', '--learning-rate', '1e-3'];
    const trained = await json('train', 'data.jsonl', '--model', 'tiny', ...flags, '--out', 'model');
    expect(trained.settings).toMatchObject({ method: 'lora', epochs: 1, learningRate: 1e-3, lora: { rank: 2 } });

    const merged = await json('evaluate', 'model', 'data.jsonl');
    expect(merged.score.loss.value).toBeCloseTo(trained.test.tuned.loss.value, 5);
    expect(merged.base.score.loss.value).toBeCloseTo(trained.test.base.loss.value, 5);

    await json('export', 'model', '--to', 'adapter', '--out', 'adapter');
    const adapter = await json('evaluate', 'adapter', 'data.jsonl', '--no-base', '--rows', 'test');
    expect(adapter.score.loss.value).toBeCloseTo(merged.score.loss.value, 5);
    expect(adapter.base).toBeUndefined();

    await json('export', 'adapter', '--to', 'safetensors', '--out', 'merged');
    const again = await json('evaluate', 'merged', 'data.jsonl', '--no-base');
    expect(again.score.loss.value).toBeCloseTo(merged.score.loss.value, 5);

    await json('export', 'adapter', '--to', 'gguf', '--out', 'gguf');
    const file = await json('evaluate', 'gguf/model-F16.gguf', 'data.jsonl', '--no-base');
    expect(file.score.loss.value).toBeCloseTo(merged.score.loss.value, 2);

    const asked = await json('chat', 'model', '--base', '--prompt', 'the parcel came late', '--max-tokens', '3');
    expect(asked.turns[0].answers.map(({ model }: { model: string }) => model)).toEqual(['tuned', 'base']);
    const piped = await goldilocks(['chat', 'model', '--max-tokens', '2'], {
      ...options,
      input: 'one\ntwo\n\nthree\n',
    });
    expect(piped.stdout.match(/tuned: /g)).toHaveLength(2);
  });

  it('refine, which goes on from the checkpoint at a constant rate', async () => {
    const constant = [
      '--schedule',
      'constant',
      '--warmup',
      '0',
      '--epochs',
      '4',
      '--learning-rate',
      '1e-2',
      '--batch-size',
      '5',
    ];
    const trained = await json('train', 'data.jsonl', '--model', 'tiny', ...constant, '--out', 'short');
    const { stdout, stderr } = await ok('refine', trained.name, '--accept', '1', '--out', 'refined', '--json');
    const refined = JSON.parse(stdout);
    const epochs = refined.runs.map(({ settings }: { settings: { epochs: number } }) => settings.epochs);
    expect(epochs[1]).toBeGreaterThan(4);
    expect(stderr).not.toMatch(/ at \d %/); // nothing is measured that was before
    expect(refined.runs[1].verdict).toBe('better');
    expect(existsSync(join(folder, 'refined', 'model.safetensors'))).toBe(true);
  });

  it('models', async () => {
    const { models } = await json('models');
    expect(models.length).toBeGreaterThan(3);
    expect(models[0].full.learningRate.source).toBeTruthy();
  });
});

describe('Ctrl-C', () => {
  const args = ['train', 'data.jsonl', '--model', 'tiny', '--epochs', '4000', '--patience', '0', '--out', 'stopped'];

  it('once: finishes the step, saves, says how to go on; and that goes on to the same end', async () => {
    const child = start(args, options);
    const end = ended(child);
    await says(child, /validation loss .* at [1-9]/);
    child.kill('SIGINT');
    const { code, stderr, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    const name = /goldilocks resume (\S+) --state/.exec(stderr)?.[1];
    expect(name).toMatch(/^data-run-\d+$/);
    expect(existsSync(join(folder, 'stopped'))).toBe(false);
    expect((await json('studies')).runs.at(-1)).toMatchObject({ name, finished: false });
    const elsewhere = { cwd: tmpdir() };
    const resumed = start(['resume', name!, '--state', join(folder, '.goldilocks')], elsewhere);
    const resumedEnd = ended(resumed);
    await says(resumed, /validation loss/);
    resumed.kill('SIGTERM');
    const second = await resumedEnd;
    expect(second.code).toBe(130);
    expect(second.stderr).not.toMatch(/at 0 %/); // it went on where it was
  });

  it('twice: stops at once', async () => {
    const child = start([...args, '--out', 'stopped-twice'], options);
    const end = ended(child);
    await says(child, 'validation loss');
    child.kill('SIGINT');
    child.kill('SIGINT');
    await says(child, 'Ctrl-C again').catch(() => undefined);
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
  });
});

it('does not mind a reader that leaves', async () => {
  const child = start(['models'], options);
  child.stdout?.destroy();
  const [code] = await new Promise<[number | null]>((resolve) => child.once('close', (status) => resolve([status])));
  expect(code).toBe(0);
});

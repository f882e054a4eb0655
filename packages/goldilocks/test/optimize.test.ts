// `goldilocks optimize` from outside, over a small training script: what it finds, and what happens when things go wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadStudy, SqliteStorage } from '@goldilocks/study';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, goldilocks, start } from './command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-optimize-'));
const options = { cwd: folder };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loses least at a rate of 1e-3 and a decay of 0.05; a rate above 0.03 diverges. Each --flag=value makes it do something. */
const script = `
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const flags = Object.fromEntries(process.argv.slice(2).map((flag) => flag.replace(/^--/, '').split('=')));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
appendFileSync('started.txt', process.pid + ' ' + (process.env.CUDA_VISIBLE_DEVICES ?? '-') + ' ' + process.argv.slice(2).join(' ') + '\\n');
if (flags.child) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
  child.unref();
  appendFileSync('children.txt', child.pid + '\\n');
}
if (flags.fail) { console.error('ValueError: no such optimizer'); process.exit(1); }
if (flags.failOnce && !existsSync(flags.failOnce)) { writeFileSync(flags.failOnce, ''); process.exit(3); }
if (flags.oom) { console.error('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'); process.exit(1); }
if (flags.flood) { const line = 'x'.repeat(4000) + '\\n'; for (let i = 0; i < 8000; i++) if (!process.stdout.write(line)) await new Promise((go) => process.stdout.once('drain', go)); }
if (flags.silent) process.exit(0);
const rate = Number(flags.lr ?? process.env.GOLDILOCKS_PARAM_LR), decay = Number(flags.wd ?? 0.05);
// Waits until so many commands have been started, itself among them.
const started = () => readFileSync('started.txt', 'utf8').trim().split('\\n').length;
while (flags.until && started() < Number(flags.until)) await sleep(10);
// The command that is so many-th to start waits for a file.
if (flags.hold && started() >= Number(flags.hold)) while (!existsSync('go')) await sleep(10);
for (let epoch = 1; epoch <= Number(flags.epochs ?? 4); epoch++) {
  await sleep(Number(flags.ms ?? 5));
  const loss = rate > 0.03 ? 'NaN' : String((Math.log10(rate) + 3) ** 2 + 40 * (decay - 0.05) ** 2 + 1 / epoch);
  console.log('\\x1b[32m{"epoch": ' + epoch + ', "eval_loss": ' + loss + ', "memory": ' + 1000 * rate + '}\\x1b[0m');
}
`;
const lr = { type: 'float', low: 1e-5, high: 1e-2, log: true, recommended: 1e-4 };
const wd = { type: 'float', low: 0, high: 0.1 };

beforeAll(() => {
  writeFileSync(join(folder, 'train.mjs'), script);
  writeFileSync(join(folder, 'space.json'), JSON.stringify({ parameters: { lr, wd } }));
  writeFileSync(join(folder, 'lr.json'), JSON.stringify({ parameters: { lr } }));
});

/** A search in a state folder of its own. */
let count = 0;
function search(flags: readonly string[], command: readonly string[]) {
  const state = `state-${count++}`;
  const args = ['optimize', '--state', state, '--metric', 'eval_loss', ...flags, '--', 'node', 'train.mjs', ...command];
  return { state: join(folder, state), args };
}

async function run(flags: readonly string[], command: readonly string[]) {
  const { state, args } = search(flags, command);
  return { state, ...(await goldilocks(args, options)) };
}

async function json(flags: readonly string[], command: readonly string[]) {
  const finished = await run([...flags, '--json'], command);
  expect(finished.code, finished.stderr).toBe(0);
  return { ...finished, result: JSON.parse(finished.stdout) };
}

async function trialsOf(state: string, name = 'train-1') {
  const storage = await SqliteStorage.open(join(state, 'studies.db'));
  const trials = await (await loadStudy({ storage, name })).trials();
  await storage.close();
  return trials;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // it may end between the two looks
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** What an earlier test left for the commands, or had from them. */
function forget() {
  for (const file of ['started.txt', 'children.txt', 'go']) rmSync(join(folder, file), { force: true });
}

const linesOf = (file: string) =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim().split('\n') : [];

describe('a search', () => {
  it('finds the best flags, keeps every trial, and says what to run again', async () => {
    const { result, state, stderr } = await json(
      ['--space', 'space.json', '--trials', '14'],
      ['--lr={lr}', '--wd={wd}'],
    );
    expect(result.best.values[0]).toBeLessThan(0.4);
    expect(Math.abs(Math.log10(result.best.params.lr) + 3)).toBeLessThan(0.4);
    expect(result.trials.complete + result.trials.pruned).toBe(14);
    expect(result.reference).toMatchObject({ trial: 0, params: { lr: 1e-4 } });
    expect(result.best.command).toEqual([
      'node',
      'train.mjs',
      `--lr=${result.best.params.lr}`,
      `--wd=${result.best.params.wd}`,
    ]);
    expect(Object.keys(result.importance).sort()).toEqual(['lr', 'wd']);
    expect(stderr).toMatch(/trial 0 starts: lr 1e-4/);
    const first = join(state, 'runs', 'train-1', '0000');
    expect(readdirSync(first).sort()).toEqual([
      'command.json',
      'params.json',
      'result.json',
      'stderr.log',
      'stdout.log',
    ]);
    expect(JSON.parse(readFileSync(join(first, 'result.json'), 'utf8'))).toMatchObject({
      state: 'COMPLETE',
      exit: { code: 0 },
    });
    const again = await goldilocks(['report', 'train-1', '--state', state], options);
    expect(again.stdout).toMatch(/Run it again:\n {2}node train\.mjs --lr=/);
    const list = await goldilocks(['studies', '--state', state], options);
    expect(list.stdout).toMatch(/train-1 .*node train\.mjs '--lr=\{lr\}'[\s\S]*14 trials, best .* finished/);
    expect(JSON.stringify([stderr, again.stdout])).not.toContain('\\u001b');
  });

  it('runs several at once, each with a device of its own', async () => {
    forget();
    // The first waits for the second, as it can if both run at once.
    const { stderr } = await json(
      ['--space', 'lr.json', '--trials', '6', '--devices', '0,3'],
      ['--lr={lr}', '--until=2', '--d={device}'],
    );
    const started = linesOf('started.txt').map((line) => line.split(' '));
    expect(new Set(started.map(([, device]) => device))).toEqual(new Set(['0', '3']));
    for (const [, device, ...args] of started) expect(args).toContain(`--d=${device}`);
    expect(stderr).toMatch(/starts on device 3/);
  });

  it('reads the environment, several objectives and constraints', async () => {
    const space = {
      parameters: { lr },
      objectives: [{ metric: 'eval_loss', value: 'best' }, { metric: 'memory' }],
      constraints: [{ metric: 'memory', max: 5 }],
    };
    writeFileSync(join(folder, 'two.json'), JSON.stringify(space));
    const args = [
      'optimize',
      '--space',
      'two.json',
      '--state',
      'two',
      '--trials',
      '6',
      '--from-environment',
      '--json',
      '--',
      'node',
      'train.mjs',
    ];
    const { stdout, stderr, code } = await goldilocks(args, options);
    expect(code, stderr).toBe(0);
    const { front } = JSON.parse(stdout);
    expect(front.length).toBeGreaterThan(0);
    for (const { values } of front) expect(values[1]).toBeLessThanOrEqual(5);
  });

  it('stops losers early, with all that they started', async () => {
    forget();
    const flags = ['--space', 'lr.json', '--trials', '10', '--sampler', 'random', '--grace', '1s'];
    const { result, state } = await json(flags, ['--lr={lr}', '--epochs=6', '--ms=40', '--child=1']);
    expect(result.trials.pruned).toBeGreaterThan(0);
    const pruned = (await trialsOf(state)).filter((trial) => trial.state === 'PRUNED');
    expect(pruned.every(({ intermediateValues }) => intermediateValues.size > 0)).toBe(true);
    expect(linesOf('children.txt').map(Number).filter(isRunning)).toEqual([]);
  });

  it('ends with its time, and keeps what the last trial had reached', async () => {
    const { result, state } = await json(
      ['--space', 'lr.json', '--budget', '8s', '--grace', '1s'],
      ['--lr={lr}', '--epochs=1000', '--ms=100'],
    );
    expect(result.trials).toEqual({ complete: 0, pruned: 1, failed: 0 });
    expect((await trialsOf(state))[0]!.values).not.toBeNull();
  });
});

describe('stopping and going on', () => {
  it('Ctrl-C stops the commands, and resume runs their settings again', async () => {
    forget();
    const { state, args } = search(
      ['--space', 'lr.json', '--trials', '3', '--grace', '1s', '--pruner', 'none'],
      ['--lr={lr}', '--hold=2'],
    );
    const child = start(args, options);
    const over = ended(child);
    await until(() => linesOf('started.txt').length === 2);
    child.kill('SIGINT');
    const { code, stderr } = await over;
    writeFileSync(join(folder, 'go'), '');
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/Go on with: goldilocks resume train-1/);
    const resumed = await goldilocks(['resume', 'train-1', '--state', state, '--json'], options);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout).trials.complete).toBe(3);
    const trials = await trialsOf(state);
    const stopped = trials.filter((trial) => trial.state === 'FAIL');
    expect(stopped).toHaveLength(1);
    expect(trials.filter(({ params }) => params.lr === stopped[0]!.params.lr)).toHaveLength(2);
    expect(
      readFileSync(join(state, 'runs/train-1', String(trials.at(-1)!.number).padStart(4, '0'), 'command.json'), 'utf8'),
    ).toBeTruthy();
  });

  it('kill -9 loses the trials in flight only: their commands end, their settings are run again once', async () => {
    forget();
    const { state, args } = search(
      ['--space', 'lr.json', '--trials', '4', '--concurrency', '2', '--pruner', 'none'],
      ['--lr={lr}', '--hold=3', '--child=1'],
    );
    const child = start(args, options);
    const over = ended(child);
    await until(() => linesOf('started.txt').length >= 3);
    child.kill('SIGKILL');
    await over;
    writeFileSync(join(folder, 'go'), '');
    await until(() => !linesOf('started.txt').some((line) => isRunning(Number(line.split(' ')[0]))));
    await until(() => !linesOf('children.txt').some((pid) => isRunning(Number(pid))));
    const resumed = await goldilocks(
      ['optimize', '--resume', 'train-1', '--state', state, '--trials', '5', '--json'],
      options,
    );
    expect(resumed.code, resumed.stderr).toBe(0);
    const trials = await trialsOf(state);
    const lost = trials.filter((trial) => trial.state === 'FAIL');
    expect(JSON.parse(resumed.stdout).trials.complete).toBe(5);
    expect(lost.length).toBeGreaterThan(0);
    expect(trials).toHaveLength(5 + lost.length);
    for (const { params } of lost) expect(trials.filter((trial) => trial.params.lr === params.lr)).toHaveLength(2);
  });
});

describe('commands that fail', () => {
  it.each<[string, string[], string[], number, RegExp]>([
    [
      'always',
      [],
      ['--lr={lr}', '--fail=1'],
      1,
      /3 trials in a row failed; the last, trial 2 \(error\): It ended with code 1\. Its last words: ValueError: no such optimizer/,
    ],
    [
      'for want of memory',
      ['--max-failures', '1'],
      ['--lr={lr}', '--oom=1'],
      1,
      /\(out-of-memory\): .*Tried to allocate/,
    ],
    [
      'to report',
      [],
      ['--lr={lr}', '--silent=1'],
      2,
      /never reported «eval_loss»\. No metrics were found in its output.*--metrics/,
    ],
    [
      'to report that metric',
      ['--metric', 'f1'],
      ['--lr={lr}'],
      2,
      /never reported «f1»\. It reported epoch, eval_loss, memory in its output/,
    ],
    [
      'in time',
      ['--trial-timeout', '1s', '--max-failures', '1', '--grace', '1s'],
      ['--lr={lr}', '--epochs=999', '--ms=50'],
      1,
      /\(timeout\): It took longer than 1 s/,
    ],
  ])('%s', async (_, flags, command, code, message) => {
    const finished = await run(['--space', 'lr.json', ...flags], command);
    expect(finished.stderr.replace(/\s+/g, ' ')).toMatch(message);
    expect(finished.code).toBe(code);
  });

  it('once are tried again', async () => {
    const { result, state } = await json(
      ['--space', 'lr.json', '--trials', '3', '--retries', '1'],
      ['--lr={lr}', '--failOnce=mark'],
    );
    expect(result.trials).toMatchObject({ complete: 2, failed: 1 });
    const [first, second] = await trialsOf(state);
    expect(first!.systemAttributes.failure).toMatch(/^error: It ended with code 3/);
    expect(second!.params).toEqual(first!.params);
  });

  it('by diverging are failures of their own kind, and the search goes on', async () => {
    const wide = { parameters: { lr: { type: 'categorical', choices: [1, 1e-3], recommended: 1 } } };
    writeFileSync(join(folder, 'wide.json'), JSON.stringify(wide));
    const { state, result } = await json(
      ['--space', 'wide.json', '--trials', '6', '--sampler', 'random', '--max-failures', '6'],
      ['--lr={lr}'],
    );
    expect(result.best.params.lr).toBe(1e-3);
    expect((await trialsOf(state))[0]!.systemAttributes.failure).toMatch(/^diverged: eval_loss was not a number/);
  });

  it('with megabytes of output are read in bounded memory', async () => {
    const { state } = await json(['--space', 'lr.json', '--trials', '1'], ['--lr={lr}', '--flood=1']);
    expect(statSync(join(state, 'runs/train-1/0000/stdout.log')).size).toBeGreaterThan(30_000_000);
  });

  it.each<[string, string[], RegExp]>([
    [
      'no program',
      ['optimize', '--space', 'lr.json', '--metric', 'x', '--', 'pyhton', '{lr}'],
      /no program «pyhton» here/,
    ],
    [
      'too few devices',
      ['optimize', '--space', 'lr.json', '--metric', 'x', '--devices', '0', '--concurrency', '2', '--', 'node', '{lr}'],
      /2 commands at a time need as many devices, but one is given/,
    ],
    ['no command', ['optimize', '--space', 'lr.json', '--metric', 'x'], /No command is given.*--/],
    ['no space', ['optimize', '--metric', 'x', '--', 'node'], /--space FILE, or --preset NAME/],
    ['no metric', ['optimize', '--space', 'lr.json', '--', 'node', '{lr}'], /Name the metric with --metric/],
    [
      'a space that is missing',
      ['optimize', '--space', 'no.json', '--metric', 'x', '--', 'node'],
      /no\.json cannot be read/,
    ],
    [
      'a flag of the command before --',
      ['optimize', '--space', 'lr.json', '--metric', 'x', 'node', '--lr', '{lr}'],
      /no flag --lr/,
    ],
    ['a foreign preset', ['optimize', '--preset', 'x', '--', 'node'], /There are transformers, trl/],
    ['a foreign source', ['optimize', '--metrics', 'wandb', '--', 'node'], /tensorboard:FOLDER/],
    ['a study that is not there', ['optimize', '--resume', 'x', '--state', folder], /There is no search «x»/],
  ])('bad usage: %s', async (_, args, message) => {
    const { code, stderr, stdout } = await goldilocks(args, options);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

it("ready-made spaces are listed, and printed to begin a file of one's own", async () => {
  const list = await goldilocks(['optimize', '--presets'], options);
  expect(list.stdout).toMatch(/llama-factory: LLaMA-Factory/);
  const { stdout } = await goldilocks(['optimize', '--preset', 'trl', '--print-space'], options);
  expect(Object.keys(JSON.parse(stdout).parameters)).toContain('lora_r');
});

it('neither the trainer nor ONNX Runtime is loaded', async () => {
  const refuse = `export async function resolve(name, context, next) {
    if (/onnxruntime|@goldilocks\\/trainer/.test(name)) throw new Error('loaded ' + name);
    return next(name, context);
  }`;
  const url = JSON.stringify(`data:text/javascript,${encodeURIComponent(refuse)}`);
  const hook = `import { register } from 'node:module'; register(${url});`;
  writeFileSync(join(folder, 'hook.mjs'), hook);
  const { args } = search(['--space', 'lr.json', '--trials', '1'], ['--lr={lr}']);
  const finished = await goldilocks(args, {
    ...options,
    env: { NODE_OPTIONS: `--import ${join(folder, 'hook.mjs')}` },
  });
  expect(finished.code, finished.stderr).toBe(0);
  const loads = ['--import', join(folder, 'hook.mjs'), '--input-type=module', '-e', "await import('onnxruntime-node')"];
  expect(spawnSync(process.execPath, loads, { encoding: 'utf8' }).stderr).toMatch(/loaded onnxruntime-node/); // it can fail
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.js';
import type { Launch, OutputLine } from '../launcher.js';
import { LocalLauncher } from './local-launcher.js';

const built = (path: string) => fileURLToPath(new URL(`../../../dist/optimize/local/${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-launcher-'));
const launcher = new LocalLauncher({ guardian: built('guardian.js'), logLimit: 1 << 20 });
afterAll(async () => {
  await launcher.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program for Node as a command, with the lines it wrote. */
function launch(program: string, options: Partial<Launch> = {}) {
  const lines: OutputLine[] = [];
  const trialDirectory = mkdtempSync(join(folder, 'trial-'));
  const whole: Launch = {
    purpose: 'trial 1',
    argv: [process.execPath, '-e', program],
    env: {},
    workingDirectory: folder,
    trialDirectory,
    files: [],
    onLine: (line) => void lines.push(line),
    ...options,
  };
  return { launch: whole, lines, trialDirectory };
}

const texts = (lines: readonly OutputLine[]) => lines.map(({ text }) => text);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent, which in a container may be nobody.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // it may end between the two looks
  }
}

/** Starts a child in the command's group and one that has left it, prints their ids, and goes on for ever. */
const family = `
const { spawn } = require('node:child_process');
const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
const child = spawn(process.execPath, ['-e', stubborn], { stdio: 'ignore' });
const daemon = spawn(process.execPath, ['-e', stubborn], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
child.unref();
daemon.unref();
console.log(JSON.stringify([process.pid, child.pid, daemon.pid]));
`;

describe('a command', () => {
  it('runs with its arguments as they are, its environment, files and folder, and its output is kept', async () => {
    const program = `
      console.log(process.argv[1]); console.log(process.env.RATE, process.env.CUDA_VISIBLE_DEVICES);
      console.log(require('node:fs').readFileSync(process.env.FILE, 'utf8')); console.log(process.cwd());
      console.error('to stderr'); process.stdin.on('data', () => {}).on('end', () => console.log('stdin is closed'));`;
    const {
      launch: whole,
      lines,
      trialDirectory,
    } = launch(program, {
      files: [{ path: 'in/params.json', content: '{"a":1}' }],
      device: '3',
    });
    const argument = '$HOME `id`; echo "*" {x} \n\\';
    const argv = [...whole.argv, argument] as unknown as Launch['argv'];
    const env = { RATE: '1e-4', FILE: join(trialDirectory, 'in/params.json') };
    const { exit } = await launcher.start({ ...whole, argv, env });
    expect(await exit).toEqual({ kind: 'exited', code: 0 });
    const out = lines.filter(({ stream }) => stream === 'stdout');
    expect(texts(out)).toEqual([...argument.split('\n'), '1e-4 3', '{"a":1}', folder, 'stdin is closed']);
    expect(texts(lines.filter(({ stream }) => stream === 'stderr'))).toEqual(['to stderr']);
    expect(readFileSync(join(trialDirectory, 'stdout.log'), 'utf8')).toContain('1e-4 3\n');
    expect(readFileSync(join(trialDirectory, 'stderr.log'), 'utf8')).toBe('to stderr\n');
  });

  it.each([
    ['process.exit(3)', { kind: 'exited', code: 3 }],
    ["process.kill(process.pid, 'SIGSEGV')", { kind: 'signalled', signal: 'SIGSEGV' }],
  ])('ends as it ends: %s', async (program, expected) => {
    const { exit } = await launcher.start(launch(program).launch);
    expect(await exit).toMatchObject(expected);
  });

  it('that ends leaves nothing running, and its end does not wait for who holds its output', async () => {
    const { launch: whole, lines } = launch(family);
    expect(await (await launcher.start(whole)).exit).toEqual({ kind: 'exited', code: 0 });
    const pids = JSON.parse(texts(lines)[0]!) as number[];
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('told to stop may save within its grace; then it and all it started are gone', async () => {
    const program = `process.on('SIGTERM', () => { console.log('saved'); process.exit(0); }); setInterval(() => {}, 1000); ${family}`;
    const { launch: whole, lines } = launch(program);
    const command = await launcher.start(whole);
    await until(() => lines.length > 0);
    const pids = JSON.parse(texts(lines)[0]!) as number[];
    const stopped = command.stop(600_000);
    await until(() => !isRunning(pids[0]!));
    void command.stop(0); // what it started would use up the grace
    expect(await stopped).toEqual({ kind: 'exited', code: 0 });
    expect(texts(lines)[1]).toBe('saved');
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await command.stop(0)).toEqual({ kind: 'exited', code: 0 });
  });

  it('that ignores the signal is killed, at once when the grace is shortened', async () => {
    const { launch: whole, lines } = launch(
      "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 9)",
    );
    const command = await launcher.start(whole);
    await until(() => lines.length > 0);
    void command.stop(600_000);
    expect(await command.stop(0)).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
  });

  it('waits for slow readers, with bounded memory, and its log is bounded', async () => {
    const program = `
      const line = 'x'.repeat(1023) + '\\n'; let left = 8192;
      const go = () => { while (left-- > 0) if (!process.stdout.write(line)) return process.stdout.once('drain', go); };
      go();`;
    let seen = 0;
    let reading = 0;
    const onLine = async () => {
      expect(++reading).toBe(1);
      if (++seen % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      // The command ends meanwhile, and its last lines lie in the pipe.
      if (seen === 8100) await new Promise((resolve) => setTimeout(resolve, 1500));
      reading--;
    };
    const { launch: whole, trialDirectory } = launch(program, { onLine });
    expect(await (await launcher.start(whole)).exit).toEqual({ kind: 'exited', code: 0 });
    expect(seen).toBe(8192);
    const log = readFileSync(join(trialDirectory, 'stdout.log'), 'utf8');
    expect(log.length).toBeLessThan(2 << 20);
    expect(log).toMatch(/the rest of this output is not here/);
  });
});

describe('what cannot start is said so', () => {
  const script = join(folder, 'script');
  writeFileSync(script, 'print(1)\n');
  chmodSync(script, 0o644);
  it.each<[string, Partial<Launch>, RegExp]>([
    ['no program', { argv: ['goldilocks-no-such-program'] }, /no program «goldilocks-no-such-program» here.*spelling/],
    ['no file', { argv: ['./no/such/file'] }, /no program «\.\/no\/such\/file» here\. Check the path/],
    ['not executable', { argv: [script] }, /may not be run: it is not an executable file.*python/],
    ['no folder', { workingDirectory: '/no/such/folder' }, /no folder \/no\/such\/folder/],
    ['a NUL byte', { argv: [process.execPath, 'a\0b'] }, /could not be started/],
    ['control characters', { argv: ['a\x1b[31mb'] }, /no program «ab»/],
  ])('%s', async (_, options, message) => {
    const refused = launcher.start(launch('', options).launch);
    await expect(refused).rejects.toThrow(LaunchError);
    await expect(refused).rejects.toThrow(message);
  });
});

it('ends its commands, and those that left their group, when its own process is killed', async () => {
  const program = `
    import { LocalLauncher } from ${JSON.stringify(built('local-launcher.js'))};
    const argv = [process.execPath, '-e', ${JSON.stringify(`${family} setInterval(() => {}, 1000);`)}];
    await new LocalLauncher().start({
      purpose: 'trial 1', argv, env: {}, workingDirectory: ${JSON.stringify(folder)}, trialDirectory: ${JSON.stringify(folder)},
      files: [], onLine: ({ text }) => console.log(text),
    });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(String(chunk)) as number[];
  expect(pids.filter(isRunning)).toEqual(pids);
  parent.kill('SIGKILL');
  await until(() => !pids.some(isRunning));
});

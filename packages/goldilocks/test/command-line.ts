// Runs the real command line in a child process, as a person's shell would.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Standard input; default none. */
  input?: string;
  /** A command before `node`, such as `unshare -n`. */
  before?: readonly string[];
}

/** Plain surroundings, whatever those of the tests are. */
const quiet = { NO_COLOR: '1', FORCE_COLOR: undefined, GOLDILOCKS_DEBUG: undefined };

export function start(args: readonly string[], { cwd, env, before = [], input }: CommandOptions): ChildProcess {
  const [command, ...rest] = [...before, process.execPath, program, ...args] as [string, ...string[]];
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(command, rest, {
    cwd,
    env: { ...process.env, ...quiet, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  if (input !== undefined) child.stdin?.end(input);
  return child;
}

export function ended(child: ChildProcess): Promise<Finished> {
  const finished: Finished = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (finished.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (finished.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...finished, code }));
  });
}

export function goldilocks(args: readonly string[], options: CommandOptions): Promise<Finished> {
  return ended(start(args, options));
}

/** Waits until standard error has a text; the child's output stays readable to others. */
export function says(child: ChildProcess, text: string | RegExp): Promise<void> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: string | Buffer) => {
      seen += String(chunk);
      if (typeof text === 'string' ? seen.includes(text) : text.test(seen)) resolve();
    });
    child.once('close', () => reject(new Error(`It ended without saying ${text}; it said:\n${seen}`)));
  });
}

import { describe, expect, it } from 'vitest';
import { failureOfExit, LastWords } from './failure.js';
import type { CommandExit } from './launcher.js';

function failure(exit: CommandExit, lines: readonly string[] = []) {
  const words = new LastWords();
  for (const line of lines) words.add(line);
  return failureOfExit(exit, words);
}

const exited = (code: number): CommandExit => ({ kind: 'exited', code });
const traceback = [
  'Traceback (most recent call last):',
  '  File "train.py", line 3',
  'ValueError: no such optimizer: sdg',
];

describe('failureOfExit', () => {
  it('is null where the command ended well', () => expect(failure(exited(0), traceback)).toBeNull());

  it.each<[CommandExit, string[], string, RegExp]>([
    [exited(1), traceback, 'error', /code 1.*ValueError: no such optimizer: sdg/],
    [exited(1), [...traceback, ' 50%|█████     | 4/8 [00:00<00:00]'], 'error', /ValueError: no such optimizer/],
    [exited(2), [], 'error', /code 2\.$/],
    [exited(137), [], 'out-of-memory', /code 137.*want of memory/],
    [{ kind: 'signalled', signal: 'SIGKILL' }, [], 'out-of-memory', /SIGKILL/],
    [{ kind: 'signalled', signal: 'SIGSEGV' }, [], 'killed', /ended by SIGSEGV/],
    [
      exited(1),
      ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'],
      'out-of-memory',
      /Tried to allocate/,
    ],
    [exited(1), ['RESOURCE_EXHAUSTED: Out of memory while trying to allocate'], 'out-of-memory', /memory/],
    [
      exited(1),
      ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
      'out-of-memory',
      /memory/,
    ],
    [{ kind: 'exited', code: 1, outOfMemory: true }, [], 'out-of-memory', /memory/],
    [{ kind: 'lost', reason: 'the node went away' }, [], 'lost', /lost: the node went away\./],
  ])('%j %j', (exit, lines, kind, message) => {
    const found = failure(exit, lines);
    expect(found?.kind).toBe(kind);
    expect(found?.message).toMatch(message);
  });

  it('keeps control characters and endless lines of the output out of the sentence', () => {
    const { message } = failure(exited(1), [`Error: \x1b[31mred\x1b[0m\x1b]52;c;ZXZpbA==\x07 ${'x'.repeat(100_000)}`])!;
    expect(message).toMatch(/Error: red/);
    expect(message).not.toContain('\x1b');
    expect(message.length).toBeLessThan(500);
  });
});

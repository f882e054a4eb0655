import { NothingToLearnError, OutputError, SettingsError } from '@goldilocks/trainer';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { Interrupted } from '../journey/interrupted.js';
import { TrialError, TrialFailure } from '../workers/failure.js';
import { explainFailure } from './failure.js';

const fileError = (code: string, path?: string) => Object.assign(new Error(`${code}: refused`), { code, path });

describe('explainFailure', () => {
  it.each([
    [new UserError('Bad data.'), 2],
    [new UserError('No memory.', { exitCode: 1 }), 1],
    [new Interrupted('s', 'goldilocks resume s'), 130],
    [new DOMException('This operation was aborted', 'AbortError'), 130],
    [new SettingsError('Dropout is 1.'), 2],
    [new NothingToLearnError('Row 3 is empty.'), 2],
    [new OutputError('The disk is full.'), 1],
    [new TrialError('ModelFormatError', 'Cut short.'), 2],
    [new TrialError('OutputError', 'The disk is full.'), 1],
    [new TrialFailure('out-of-memory', 'Trial 3 ran out of memory.'), 1],
    [fileError('ENOSPC', '/disk/a'), 1],
    [fileError('EACCES', '/disk/a'), 1],
    [fileError('ENOENT', 'a.jsonl'), 2],
    [new TypeError('x is not a function'), 1],
    ['a string', 1],
  ])('%s', (error, exitCode) => expect(explainFailure(error).exitCode).toBe(exitCode));

  it('says what to do about files', () => {
    expect(explainFailure(fileError('ENOSPC', '/disk/a')).message).toMatch(
      /^Could not write \/disk\/a: the disk is full/,
    );
    expect(explainFailure(fileError('ENOENT', 'a.jsonl')).message).toMatch(/no a\.jsonl/);
  });

  it('says how to see more of what was not foreseen, in one line', () => {
    const { message } = explainFailure(new TypeError('x is not a function\n    at y'));
    expect(message).toMatch(/TypeError: x is not a function/);
    expect(message).toMatch(/GOLDILOCKS_DEBUG=1/);
    expect(message).not.toMatch(/\n/);
  });

  it('strips control characters', () => {
    expect(explainFailure(new UserError('a\u001b[31mb')).message).toBe('ab');
  });
});

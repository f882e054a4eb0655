import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateDirectory } from './state-flags.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-state-flags-'));
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(() => {
  for (const path of ['one/.goldilocks/runs/a', 'two/data/.goldilocks/runs/a', 'two/more/.goldilocks/runs/b', 'none'])
    mkdirSync(at(path), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('stateDirectory', () => {
  it('is the one given, also by the folder that holds it', () => {
    expect(stateDirectory({ state: at('one', '.goldilocks') })).toBe(at('one', '.goldilocks'));
    expect(stateDirectory({ state: at('one') })).toBe(at('one', '.goldilocks'));
    expect(() => stateDirectory({ state: at('nothing') })).toThrow(/no folder/);
  });

  it('is the nearest, here or above', () => {
    mkdirSync(at('one', 'deep', 'deeper'), { recursive: true });
    expect(stateDirectory({}, undefined, at('one', 'deep', 'deeper'))).toBe(at('one', '.goldilocks'));
  });

  it('is the one below that has the study', () => {
    expect(stateDirectory({}, 'b', at('two'))).toBe(at('two', 'more', '.goldilocks'));
    mkdirSync(at('two', '.goldilocks', 'runs', 'c'), { recursive: true });
    expect(stateDirectory({}, 'b', at('two'))).toBe(at('two', 'more', '.goldilocks'));
    expect(stateDirectory({}, 'unknown', at('two'))).toBe(at('two', '.goldilocks'));
    rmSync(at('two', '.goldilocks'), { recursive: true });
    expect(() => stateDirectory({}, undefined, at('two'))).toThrow(/several folders: .*--state/);
    expect(() => stateDirectory({}, undefined, at('none'))).toThrow(/no studies here/);
  });
});

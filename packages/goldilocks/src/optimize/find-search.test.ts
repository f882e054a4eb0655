import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placeOfSearch } from './find-search.js';
import { optimizeCommand, resumeOptimize } from './optimize.js';

it('remembers where the commands of a search run, until it is said anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'goldilocks-place-'));
  const state = join(folder, '.goldilocks');
  const place = { on: { kind: 'ray', address: 'http://127.0.0.1:8265' }, trialGpus: 1 } as const;
  const print = 'console.log(JSON.stringify({ loss: {rate} }))';
  const space = {
    parameters: { rate: { type: 'float' as const, low: 0.1, high: 1 } },
    objectives: [{ metric: 'loss' }],
    note: 'Mind the loss.',
  };
  try {
    const asked = { command: [process.execPath, '-e', print], space, trials: 1, stateDirectory: state, study: 's' };
    const result = await optimizeCommand({ ...asked, place });
    expect(result).toMatchObject({ trials: { complete: 1 }, note: 'Mind the loss.' });
    expect(await placeOfSearch(state, 's')).toEqual(place);
    await resumeOptimize({ study: 's', stateDirectory: state, trials: 1 });
    expect(await placeOfSearch(state, 's')).toEqual(place);
    await resumeOptimize({ study: 's', stateDirectory: state, trials: 1, place: { on: { kind: 'here' } } });
    expect(await placeOfSearch(state, 's')).toEqual({ on: { kind: 'here' } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

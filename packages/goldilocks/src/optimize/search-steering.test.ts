import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpaceFile } from '@goldilocks/protocol';
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { SqliteStorage } from '@goldilocks/study';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCommands } from '../steer/commands.js';
import { steer } from '../steer/steer-study.js';
import type { OptimizeEvent } from './events.js';
import { optimizeCommand, resumeOptimize } from './optimize.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-steer-search-'));
  // Reports a loss, and waits until its trial may end.
  const program = `
    import { readFileSync } from 'node:fs';
    const [, , loss, , trial, file] = process.argv;
    console.log('{"loss": ' + loss + '}');
    const look = () => Number(readFileSync(file, 'utf8')) < Number(trial) && setTimeout(look, 20);
    look();`;
  await writeFile(join(folder, 'train.mjs'), program);
  mayEnd(0);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Trials up to this one may end; later ones run on. */
const mayEnd = (last: number) => writeFileSync(join(folder, 'last'), String(last));

const space: SpaceFile = {
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  parameters: {
    rate: { type: 'float', low: 0.1, high: 1 },
    kind: { type: 'categorical', choices: ['a', 'b', 'c'] },
  },
};

/** `onEvent` may steer the trials. */
function options(trials: number, onEvent?: (event: OptimizeEvent) => void) {
  const command = [process.execPath, join(folder, 'train.mjs'), '{rate}', '{kind}', '{trial}', join(folder, 'last')];
  const sampler = 'random' as const;
  const stateDirectory = join(folder, '.goldilocks');
  return { command, space, trials, sampler, study: 'search', stateDirectory, graceSeconds: 1, onEvent };
}

/** Resolves when the search has come to it. */
const give = (command: SteeringCommand) =>
  steer({ command, study: 'search', stateDirectory: join(folder, '.goldilocks'), waitSeconds: 600 });

async function now() {
  const storage = await SqliteStorage.open(join(folder, '.goldilocks', 'studies.db'));
  try {
    const study = (await storage.findStudy('search'))!;
    return { commands: readCommands(study.systemAttributes), trials: await storage.getTrials(study.id) };
  } finally {
    await storage.close();
  }
}

describe('a search over a command', () => {
  it('searches the range and the choices that are left, tries own values, and takes more trials', async () => {
    let given: Promise<unknown> | undefined;
    const onEvent = (event: OptimizeEvent) => {
      if (event.type !== 'trial-started' || event.trial !== 1) return;
      given = (async () => {
        await give({ kind: 'range', name: 'rate', low: 0.2, high: 0.3 });
        await give({ kind: 'range', name: 'kind', choices: ['b', 'c'] });
        await give({ kind: 'enqueue', params: { rate: 0.9, kind: 'a' } });
        await give({ kind: 'extend', trials: 2 });
        await give({ kind: 'range', name: 'rate', low: 3, high: 2 });
        await give({ kind: 'extend', minutes: 5 });
        mayEnd(Infinity);
      })();
    };
    await optimizeCommand(options(6, onEvent));
    await given;
    const { commands, trials } = await now();
    expect(commands.map(({ outcome }) => outcome?.state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'refused',
      'refused',
    ]);
    expect(trials).toHaveLength(9);
    const isWished = ({ params }: (typeof trials)[number]) => params.rate === 0.9 && params.kind === 'a';
    expect(trials.filter(isWished)).toHaveLength(1);
    // Trial 1 was under way.
    for (const { params } of trials.slice(2).filter((trial) => !isWished(trial))) {
      expect(params.rate).toBeGreaterThanOrEqual(0.2);
      expect(params.rate).toBeLessThanOrEqual(0.3);
      expect(params.kind).not.toBe('a');
    }
    await expect(give({ kind: 'extend', trials: 5 })).rejects.toThrow('goldilocks resume search --trials');
  });

  it('pauses over a restart, goes on when told, stops a trial, and ends with the best so far', async () => {
    const stop = new AbortController();
    const first = optimizeCommand({
      ...options(50, (event) => {
        if (event.type === 'trial-finished' && event.trial === 0) void give({ kind: 'pause' });
        if (event.type === 'command') mayEnd(1);
        // A third trial would have begun by then.
        if (event.type === 'trial-finished' && event.trial === 1) setTimeout(() => stop.abort(), 700);
      }),
      signal: stop.signal,
    });
    await expect(first).rejects.toThrow('resume');
    expect((await now()).trials).toHaveLength(2);

    const started: number[] = [];
    const second = resumeOptimize({
      study: 'search',
      stateDirectory: join(folder, '.goldilocks'),
      onEvent: (event) => {
        if (event.type !== 'trial-started') return;
        started.push(event.trial);
        if (event.trial === 2) void give({ kind: 'stop-trial', trial: 2 });
        if (event.trial === 3) mayEnd(3);
        if (event.trial === 4) void give({ kind: 'stop' });
      },
    });
    await new Promise((done) => setTimeout(done, 800));
    expect(started).toEqual([]);
    await give({ kind: 'resume' });
    const result = await second;
    const { trials, commands } = await now();
    expect(trials.map(({ state }) => state)).toEqual(['COMPLETE', 'COMPLETE', 'PRUNED', 'COMPLETE', 'PRUNED']);
    expect(commands.every(({ outcome }) => outcome?.state === 'done')).toBe(true);
    // A trial that was stopped keeps the value it had come to, but ran to no end.
    const complete = trials.filter(({ state }) => state === 'COMPLETE');
    expect(result.best?.values[0]).toBe(Math.min(...complete.flatMap(({ values }) => values ?? [])));
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JourneyEvent } from '@goldilocks/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLog, eventsFile } from './event-log.js';
import { LogReader } from './follow.js';

let folder: string;
let now: number;
const clock = () => now;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goldilocks-events-'));
  now = Date.parse('2026-11-26T00:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const say = (text: string): JourneyEvent => ({ type: 'message', level: 'info', text });
const step = (trial: number, step: number): JourneyEvent => ({
  ...({ type: 'trial-step', trial, step, totalSteps: 9, epoch: 0, loss: Number.NaN } as const),
  ...{ learningRate: 1, tokensPerSecond: 1 },
});
const start = (trial: number): JourneyEvent => ({
  ...({ type: 'trial-started', trial, purpose: 'search', params: {}, changed: [], resumedAt: 0, subset: 1 } as const),
});
const texts = (lines: Awaited<ReturnType<LogReader['read']>>) =>
  lines.map(({ seq, event }) => [seq, event.type === 'message' ? event.text : event.type]);

describe('the log of events', () => {
  it('is read as it grows, over sittings, each line once', async () => {
    const reader = new LogReader(folder);
    expect(await reader.read()).toEqual([]);
    const first = new EventLog(folder, { now: clock });
    first.append(say('a'));
    first.append(say('b'));
    expect(await reader.read()).toMatchObject([
      { seq: 1, at: '2026-11-26T00:00:00.000Z', event: say('a') },
      { seq: 2, event: say('b') },
    ]);
    first.close();
    new EventLog(folder, { now: clock }).append(say('c'));
    expect(texts(await reader.read())).toEqual([[3, 'c']]);
    expect(await reader.read()).toEqual([]);
    expect(texts(await new LogReader(folder, 2).read())).toEqual([[3, 'c']]);
  });

  it('loses a torn last line and nothing else', async () => {
    const path = join(folder, eventsFile);
    new EventLog(folder, { now: clock }).append(say('ä'));
    appendFileSync(path, '\0\0\n{"seq":9,"event":{"ty');
    const reader = new LogReader(folder);
    expect(texts(await reader.read())).toEqual([[1, 'ä']]);
    new EventLog(folder, { now: clock }).append(say('after'));
    expect(texts(await reader.read())).toEqual([[2, 'after']]);
    expect(readFileSync(path, 'utf8')).not.toContain('"seq":9');
  });

  it('keeps a few steps a second, and the last before anything else', async () => {
    const log = new EventLog(folder, { now: clock });
    for (let i = 0; i < 100; i++, now += 10) log.append(step(0, i));
    log.append(say('end'));
    const steps = (await new LogReader(folder).read()).map(({ event }) => ('step' in event ? event.step : event.type));
    expect(steps).toEqual([0, 40, 80, 99, 'message']);
  });

  it('stays within its limit for as long as it is written, with what matters and the running curve', async () => {
    const limitBytes = 600_000;
    const log = new EventLog(folder, { now: clock, limitBytes });
    const reader = new LogReader(folder);
    log.append(say('the beginning'));
    let largest = 0;
    let seen = 0;
    for (let trial = 0; trial < 40; trial++) {
      log.append(start(trial));
      for (let i = 0; i < 250; i++, now += 1000) {
        log.append(step(trial, i));
        if (i % 100 === 0) seen += (await reader.read()).length;
      }
      if (trial < 39) log.append({ type: 'trial-finished', trial, value: 1, seconds: 1 });
      largest = Math.max(largest, statSync(join(folder, eventsFile)).size);
    }
    seen += (await reader.read()).length;
    expect(seen).toBe(1 + 40 * 251 + 39); // who follows misses nothing
    expect(largest).toBeLessThan(1.01 * limitBytes);
    const lines = await new LogReader(folder).read();
    expect(texts(lines)[0]).toEqual([1, 'the beginning']);
    expect(lines.filter(({ event }) => event.type === 'trial-step' && event.trial === 39)).toHaveLength(250);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq).sort((a, b) => a - b));
  });

  it('is given up on a full disk, and the journey goes on', () => {
    const log = new EventLog(folder, { now: clock });
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    let broken = true;
    const event = {
      ...say('x'),
      toJSON() {
        if (broken) throw full;
        return say('y');
      },
    };
    expect(() => log.append(event)).not.toThrow();
    broken = false;
    expect(() => log.append(event)).not.toThrow();
    expect(statSync(join(folder, eventsFile)).size).toBe(0);
  });
});

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { MetricRecord } from '../record.js';
import { crc32c } from './crc32c.js';
import { EventFiles } from './event-files.js';

/** Files of PyTorch's SummaryWriter and of the Trainer, and what TensorBoard reads in them; see goldens/optimize/make.py. */
const goldens = fileURLToPath(new URL('../../../../../../goldens/optimize/', import.meta.url));
const expected: Record<string, Record<string, [number, string][]>> = JSON.parse(
  readFileSync(join(goldens, 'expected.json'), 'utf8'),
);
const eventFile = (name: string) => readFileSync(join(goldens, 'events', name, `events.out.tfevents.${name}`));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function byTag(records: readonly MetricRecord[]): Record<string, [number, number][]> {
  const found: Record<string, [number, number][]> = {};
  for (const { step, ...scalars } of records) {
    for (const [tag, value] of Object.entries(scalars)) (found[tag] ??= []).push([step!, value]);
  }
  return found;
}

const numbers = (tags: Record<string, [number, string][]>) =>
  Object.fromEntries(
    Object.entries(tags).map(([tag, values]) => [
      tag,
      values.map(([step, value]) => [step, Number(value.replace('inf', 'Infinity'))]),
    ]),
  );

describe('event files', () => {
  it.each(['trainer', 'writer'])('%s: the scalars that TensorBoard reads, and no text or histograms', async (name) => {
    const found = byTag(await new EventFiles(join(goldens, 'events', name)).poll());
    expect(found).toEqual(numbers(expected[name]!));
    expect(Object.keys(found).length).toBeGreaterThan(2);
  });

  it('grow while they are read, cut anywhere', async () => {
    const bytes = eventFile('writer');
    const place = join(folder, 'deep', 'run');
    const reader = new EventFiles(folder);
    expect(await reader.poll()).toEqual([]);
    mkdirSync(place, { recursive: true });
    const path = join(place, 'events.out.tfevents.1');
    writeFileSync(path, '');
    const records: MetricRecord[] = [];
    for (let at = 0; at < bytes.length; at += 7) {
      appendFileSync(path, bytes.subarray(at, at + 7));
      records.push(...(await reader.poll()));
    }
    expect(byTag(records)).toEqual(numbers(expected.writer!));
    rmSync(join(folder, 'deep'), { recursive: true });
  });

  it('damaged at any byte give only what is true, and no error', async () => {
    const bytes = eventFile('writer');
    const whole = await new EventFiles(join(goldens, 'events', 'writer')).poll();
    const path = join(folder, 'damaged.tfevents');
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x55;
      writeFileSync(path, damaged);
      const found = await new EventFiles(path).poll();
      expect(found).toEqual(whole.slice(0, found.length));
      expect(found.length).toBeLessThanOrEqual(whole.length);
    }
    writeFileSync(path, Buffer.alloc(4096, 0xff));
    expect(await new EventFiles(path).poll()).toEqual([]);
  });
});

describe('crc32c', () => {
  it.each([
    ['123456789', 0xe3069283], // the check value of CRC-32C
    ['', 0],
  ])('%j', (text, expected) => expect(crc32c(Buffer.from(text))).toBe(expected));
});

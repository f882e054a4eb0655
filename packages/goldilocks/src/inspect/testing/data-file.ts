// Files for tests: written to temporary folders that are removed when the process ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with the files given, by name. */
export function dataFolder(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'goldilocks-inspect-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

export function dataFile(name: string, content: string | Uint8Array): string {
  return join(dataFolder({ [name]: content }), name);
}

export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const subjects = [
  'parcel',
  'invoice',
  'router',
  'jacket',
  'printer',
  'kettle',
  'ticket',
  'lamp',
  'bicycle',
  'mattress',
];
const verbs = ['arrived', 'vanished', 'broke', 'shone', 'leaked', 'rattled', 'pleased', 'failed', 'fitted', 'smelt'];
const endings = [
  'on Monday',
  'at once',
  'in the rain',
  'after a week',
  'without warning',
  'twice',
  'at night',
  'for my aunt',
];

/** The `index`-th of 800 different plain sentences, none a near duplicate of another. */
export function sentence(index: number): string {
  const [subject, verb, ending] = [
    subjects[index % 10],
    verbs[Math.floor(index / 10) % 10],
    endings[Math.floor(index / 100) % 8],
  ];
  return `The ${subject} ${verb} ${ending}, order ${(index * 7919) % 10007}`;
}

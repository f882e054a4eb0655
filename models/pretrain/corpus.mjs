// Fetches the sources with their ordinary clients, checks them, and writes train.jsonl, heldout.jsonl and
// questions.jsonl (made from the training documents) into a work folder.
//
//   node models/pretrain/corpus.mjs WORK_FOLDER
//
// Needs npm, and on Debian or its like apt-get and dpkg. Nothing fetched here is committed.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources } from './sources.mjs';

/** Share of documents held out. A document is decided by its own name alone, so adding a source moves no other document. */
const HELD_OUT = 0.02;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function archiveIn(folder, source) {
  const stem = source.fetch === 'npm' ? source.package.replace('@', '').replace('/', '-') : `${source.package}_`;
  return readdirSync(folder).find((name) => name.startsWith(stem) && /\.(tgz|deb)$/.test(name));
}

function download(folder, source) {
  if (source.fetch === 'npm')
    execFileSync('npm', ['pack', '--silent', `${source.package}@${source.version}`], { cwd: folder });
  else
    execFileSync('apt-get', ['download', '-q', `${source.package}=${source.version}`], {
      cwd: folder,
      stdio: 'ignore',
    });
}

function fetchSource(folder, source) {
  if (!archiveIn(folder, source)) download(folder, source);
  const archive = join(folder, archiveIn(folder, source));
  const found = sha256(readFileSync(archive));
  if (found !== source.sha256) {
    throw new Error(
      `${archive}: SHA-256 is ${found}, expected ${source.sha256}. Delete the file and fetch version ${source.version} again.`,
    );
  }
  const target = join(folder, source.name);
  if (!existsSync(target)) {
    mkdirSync(target);
    if (source.fetch === 'npm') execFileSync('tar', ['xzf', archive, '-C', target]);
    else execFileSync('dpkg', ['-x', archive, target]);
  }
  return target;
}

function heldOut(id) {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32 < HELD_OUT;
}

/** Drops lines of 80 characters and more that an earlier document already had, so that nothing held out is also trained on. */
function withoutRepeats(text, seen) {
  return text
    .split('\n')
    .filter((line) => {
      if (line.length < 80) return true;
      const key = sha256(line);
      return !seen.has(key) && seen.add(key);
    })
    .join('\n');
}

function main() {
  const work = process.argv[2];
  if (!work) throw new Error('usage: node models/pretrain/corpus.mjs WORK_FOLDER');
  const packages = join(work, 'packages');
  mkdirSync(packages, { recursive: true });
  const seen = new Set();
  const rows = { train: [], heldout: [], questions: [] };
  for (const source of sources) {
    const bytes = { train: 0, heldout: 0 };
    for (const { id, text: whole, questions = [] } of source.read(fetchSource(packages, source))) {
      const text = withoutRepeats(whole, seen);
      if (text.length < 200) continue;
      const part = heldOut(`${source.name}/${id}`) ? 'heldout' : 'train';
      rows[part].push(JSON.stringify({ source: source.name, id, text }));
      bytes[part] += Buffer.byteLength(text);
      if (part === 'train') rows.questions.push(...questions.map((turn) => JSON.stringify(turn)));
    }
    console.log(`${source.name.padEnd(10)} train ${bytes.train} bytes, held out ${bytes.heldout} bytes`);
  }
  for (const part of Object.keys(rows)) writeFileSync(join(work, `${part}.jsonl`), `${rows[part].join('\n')}\n`);
}

main();

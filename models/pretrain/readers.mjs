// One reader per source: from an unpacked package to plain-text documents `{ id, text }`.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';

const squeeze = (text) => text.replace(/[ \t\r\n]+/g, ' ').trim();

function filesOf(folder, pattern) {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** One document per speech since 1900; older ones are left out, their English is too far from today's. */
export function* readSotu(folder) {
  for (const file of filesOf(join(folder, 'package/data'), /^(19|20).*\.txt$/)) {
    const text = readFileSync(file, 'utf8').replace(/\[[A-Z][^\]]*\]/g, '');
    yield { id: basename(file, '.txt'), text: squeeze(text) };
  }
}

/** One document per chapter. */
export function* readMobyDick(folder) {
  for (const file of filesOf(join(folder, 'package/data'), /^(chapter|etymology|extracts|epilogue).*\.txt$/)) {
    yield { id: basename(file, '.txt'), text: paragraphs(readFileSync(file, 'utf8')) };
  }
}

function paragraphs(text) {
  return text
    .split(/\r?\n\s*\r?\n/)
    .map(squeeze)
    .filter(Boolean)
    .join('\n');
}

/** One document per chapter. The novels are R character vectors, one element a printed line. */
export function* readAusten(folder) {
  const bytes = readFileSync(join(folder, 'usr/lib/R/site-library/janeaustenr/data/Rdata.rdb'));
  for (const [novel, lines] of rCharacterVectors(bytes).entries()) {
    const chapters = lines.join('\n').split(/^\s*CHAPTER\s+[IVXLC\d]+\.?\s*$/im);
    for (const [number, text] of chapters.entries()) {
      if (text.length > 500)
        yield { id: `novel-${novel}-chapter-${number}`, text: paragraphs(text).replaceAll('_', '') };
    }
  }
}

/** The character vectors in an R lazy-load database: records of a big-endian length and a zlib stream holding an XDR serialization. */
function rCharacterVectors(bytes) {
  const vectors = [];
  for (let at = 0; at + 4 < bytes.length; ) {
    const { buffer, engine } = inflateSync(bytes.subarray(at + 4), { info: true });
    vectors.push(characterVector(buffer));
    at += 4 + engine.bytesWritten;
  }
  return vectors;
}

const STRING_VECTOR = 16;

function characterVector(buffer) {
  // 'X\n', version, writer, oldest reader, then the length and name of the native encoding; the vector's type and length follow.
  let at = 14 + 4 + buffer.readInt32BE(14);
  if ((buffer.readInt32BE(at) & 0xff) !== STRING_VECTOR) throw new Error('expected an R character vector');
  const count = buffer.readInt32BE(at + 4);
  at += 8;
  const strings = [];
  for (let i = 0; i < count; i++) {
    const length = Math.max(0, buffer.readInt32BE(at + 4));
    strings.push(buffer.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return strings;
}

const JARGON_ENTRIES = 20;

/** Documents of 20 neighbouring entries; tables and lists of addresses are left out. */
export function* readJargon(folder) {
  const raw = gunzipSync(readFileSync(join(folder, 'usr/share/doc/jargon-text/jargon.txt.gz'))).toString('utf8');
  const entries = raw
    .split(/\n[ \t]*\n/)
    .filter((block) => !/[│┌├└─]|https?:|^\s*[-=_*]{4}|\.\s\.\s\./.test(block))
    .map((block) => squeeze(block.replace(/[{}]/g, '')))
    .filter((block) => block.length > 60);
  for (let i = 0; i < entries.length; i += JARGON_ENTRIES) {
    yield { id: `entries-${i}`, text: entries.slice(i, i + JARGON_ENTRIES).join('\n') };
  }
}

// Pages that repeat others (cross references, requirements) or list rather than tell.
const SQLITE_LISTS =
  /^(capi3ref|c_interface|doc_.*|requirements|changes|oldnews|news|fileformat|compile|syntax.*|keyword_index)$/;

/** One document per page, its paragraphs only: no code, no tables, no syntax. */
export function* readSqlite(folder) {
  for (const file of filesOf(join(folder, 'usr/share/doc/sqlite3'), /\.html$/)) {
    if (SQLITE_LISTS.test(basename(file, '.html'))) continue;
    const html = readFileSync(file, 'utf8').replace(/<(script|style|pre|table|svg)\b[\s\S]*?<\/\1>/gi, '\n<p>');
    const kept = html
      .split(/<(?:p|li|dd|h\d|blockquote|div)\b[^>]*>/i)
      .map((part) => squeeze(unescapeHtml(part.replace(/<[^>]*>/g, ''))))
      .filter((part) => part.length > 120 && letterShare(part) > 0.88);
    if (kept.length > 2) yield { id: basename(file, '.html'), text: kept.join('\n') };
  }
}

const letterShare = (text) => (text.match(/[a-z ]/g)?.length ?? 0) / text.length;

const ENTITIES = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
  '#91': '[',
  '#93': ']',
  ndash: '–',
  mdash: '—',
};

function unescapeHtml(text) {
  return text.replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? (name.startsWith('#') ? '' : whole));
}

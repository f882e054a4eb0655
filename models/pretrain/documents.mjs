// Reads the documents that corpus.mjs wrote: one JSON object `{ source, id, text }` a line.

import { readFileSync } from 'node:fs';

export function readDocuments(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

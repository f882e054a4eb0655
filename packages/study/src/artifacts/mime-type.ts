/** The MIME types of files that training leaves, by extension: those that browsers show, and what they must not guess. */

import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.wav': 'audio/x-wav',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};
const ENCODINGS: Readonly<Record<string, string>> = { '.gz': 'gzip', '.bz2': 'bzip2', '.xz': 'xz' };

export function mimeTypeOf(path: string): { mimeType: string; encoding: string | null } {
  const outer = extname(path).toLowerCase();
  const encoding = ENCODINGS[outer] ?? null;
  const extension = encoding === null ? outer : extname(path.slice(0, -outer.length)).toLowerCase();
  return { mimeType: TYPES[extension] ?? 'application/octet-stream', encoding };
}

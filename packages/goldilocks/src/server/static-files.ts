// The page's own files, as they were built: nothing outside that folder can be asked for.
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Context, MiddlewareHandler } from 'hono';
import { HttpError } from '../http/http-error.js';

// In a checkout the page lies in its own package; in an installed one beside `dist`.
const folders = ['../../page/', '../../../dashboard/dist/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The folder of the built page; undefined where it was not built. */
export function pageFolder(): string | undefined {
  return folders.find((folder) => existsSync(join(folder, 'index.html')));
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Scripts, styles and connections of this origin only; charts place their labels by style attributes. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What every answer carries. */
export function safeHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const headers = {
      'Content-Security-Policy': contentPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
    };
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
    if (!context.res.headers.has('Cache-Control')) context.res.headers.set('Cache-Control', 'no-store');
  };
}

/** Serves a file of the page; any other address is a view of it, and gets index.html. */
export function staticFiles(folder: string | undefined): MiddlewareHandler {
  return async (context) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') throw nothingHere();
    if (folder === undefined) {
      return context.text('The page was not built. Run npm run build, then goldilocks serve again.\n', 503);
    }
    // The list is read anew so that a page that is built again while the server runs is served.
    const files = await filesOf(folder);
    const wanted = context.req.path.slice(1);
    if (files.has(wanted)) return send(context, folder, wanted);
    if (extname(wanted) !== '' && wanted.startsWith('assets/')) throw nothingHere();
    return send(context, folder, 'index.html');
  };
}

function nothingHere(): HttpError {
  return new HttpError(404, 'There is nothing here.');
}

async function filesOf(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/')));
}

async function send(context: Context, folder: string, file: string): Promise<Response> {
  const path = join(folder, file);
  const { size } = await stat(path);
  const isHashed = file.startsWith('assets/');
  context.header('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  context.header('Content-Length', String(size));
  context.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (context.req.method === 'HEAD') return context.body(null);
  return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
}

// Runs one benchmark by name: `npm run benchmark -- NAME [options]`. Each lies in a folder of its own and prints one JSON line last.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);
const names = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() && existsSync(new URL(`${entry.name}/benchmark.mjs`, here)) ? [entry.name] : [],
);
const [name, ...args] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  console.error(`Give the name of a benchmark: ${names.join(', ')}. Example: npm run benchmark -- ${names[0]}`);
  process.exit(2);
}
process.argv.splice(2, process.argv.length, ...args);
await import(fileURLToPath(new URL(`${name}/benchmark.mjs`, here)));

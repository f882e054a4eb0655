// Generates greedily with transformers.js in Node, in float32 and in 8 bits, and compares with ours.
//
// usage: node check_transformers_js.mjs CONSUMERS MODEL_FOLDER GREEDY.json     CONSUMERS/node_modules holds @huggingface/transformers
// GREEDY.json is { texts: [string], greedy: [{ prompt: ids, tokens: ids }] }. Prints one JSON object; exits with 1 where anything differs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compareGreedy } from './compare-greedy.mjs';

const [consumers, folder, expected] = process.argv.slice(2);
const require = createRequire(join(consumers, 'index.js'));
const transformers = await import(pathToFileURL(require.resolve('@huggingface/transformers')).href);
transformers.env.allowRemoteModels = false;
transformers.env.localModelPath = `${dirname(folder)}/`;
const result = await compareGreedy(transformers, basename(folder), JSON.parse(readFileSync(expected, 'utf8')));
console.log(JSON.stringify(result));
process.exit(result.passed ? 0 : 1);

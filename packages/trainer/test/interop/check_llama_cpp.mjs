// Generates greedily with llama.cpp, and compares token ids of texts and what follows them with ours.
//
// usage: node check_llama_cpp.mjs CONSUMERS MODEL.gguf GREEDY.json     CONSUMERS/node_modules holds node-llama-cpp
// GREEDY.json is { texts: [string], greedy: [{ prompt: ids, tokens: ids }] }. Prints one JSON object; exits with 1 where anything differs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [consumers, modelPath, expected] = process.argv.slice(2);
const { getLlama } = await import(pathToFileURL(join(consumers, 'node_modules/node-llama-cpp/dist/index.js')).href);
const llama = await getLlama({ build: 'never', gpu: false, logLevel: 'error', skipDownload: true });
const model = await llama.loadModel({ modelPath });
const { texts, greedy } = JSON.parse(readFileSync(expected, 'utf8'));
const problems = [];
let same = 0;
for (const [i, { prompt, tokens }] of greedy.entries()) {
  const ids = model.tokenize(texts[i]);
  if (ids.join() !== prompt.join()) problems.push(`token ids of ${JSON.stringify(texts[i])}: ${ids.join()}`);
  const context = await model.createContext({ contextSize: 128 });
  const found = [];
  for await (const token of context.getSequence().evaluate(prompt, { temperature: 0 })) {
    if (model.isEogToken(token) || found.push(token) === 24) break;
  }
  await context.dispose();
  if (found.join() !== tokens.join())
    problems.push(`text after ${JSON.stringify(texts[i])}: ${model.detokenize(found)}`);
  same += tokens.length;
}
await llama.dispose();
console.log(JSON.stringify({ passed: problems.length === 0, sameTokens: same, problems }));
process.exit(problems.length === 0 ? 0 : 1);

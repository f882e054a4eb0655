// Generates greedily with transformers.js in a page of Chromium, in float32 and in 8 bits, and compares with ours.
//
// usage: node check_browser.mjs CONSUMERS MODEL_FOLDER GREEDY.json     as check_transformers_js.mjs; GOLDILOCKS_CHROMIUM names the browser
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [consumers, folder, expected] = process.argv.slice(2);
const require = createRequire(join(consumers, 'index.js'));
const transformers = dirname(dirname(require.resolve('@huggingface/transformers')));
const runtime = join(consumers, 'node_modules/onnxruntime-web');
const page = `<!doctype html><script type="importmap">{"imports": {
  "onnxruntime-common": "/common/dist/esm/index.js", "onnxruntime-web": "/runtime/dist/ort.min.mjs",
  "onnxruntime-web/webgpu": "/runtime/dist/ort.webgpu.min.mjs" }}</script><title>check</title>`;
const roots = {
  transformers,
  runtime,
  common: join(consumers, 'node_modules/onnxruntime-common'),
  models: dirname(folder),
  here: dirname(fileURLToPath(import.meta.url)),
};
const types = {
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  if (path === '/') return response.setHeader('content-type', 'text/html').end(page);
  const [, root, ...rest] = path.split('/');
  try {
    const content = readFileSync(join(roots[root], ...rest));
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(content);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const executablePath = process.env.GOLDILOCKS_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const tab = await browser.newPage();
  tab.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await tab.goto(origin);
  const result = await tab.evaluate(
    async ({ model, greedy }) => {
      const transformers = await import('/transformers/dist/transformers.web.min.js');
      transformers.env.allowRemoteModels = false;
      transformers.env.allowLocalModels = true;
      transformers.env.localModelPath = '/models/';
      transformers.env.useBrowserCache = false;
      transformers.env.backends.onnx.wasm.wasmPaths = '/runtime/dist/';
      const { compareGreedy } = await import('/here/compare-greedy.mjs');
      return compareGreedy(transformers, model, greedy);
    },
    { model: basename(folder), greedy: JSON.parse(readFileSync(expected, 'utf8')) },
  );
  console.log(JSON.stringify({ ...result, userAgent: await tab.evaluate(() => navigator.userAgent) }));
  process.exitCode = result.passed ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}

// One variant: prints the seconds of each settled step, the peak memory, and the time from process start to the end of the first step.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { BaseModel, Learner, defaultSettings } = await import('@goldilocks/trainer');
const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-benchmark-'));
const [rows, length, settled] = [4, 128, 6];
const base = await BaseModel.load(process.argv[2], { cacheDirectory });
const settings = { ...defaultSettings, batchSize: rows, microBatchTokens: rows * length };
const train = Array.from({ length: rows }, (_, row) => ({
  // One token more: the last is only predicted.
  ids: Int32Array.from({ length: length + 1 }, (_, i) => (row * 7919 + i * 104_729) % base.config.vocabSize),
  supervised: new Uint8Array(length + 1).fill(1, 1),
  supervisedBytes: length,
  truncatedTokens: 0,
}));
const learner = new Learner({ base, settings, train, validation: [], cacheDirectory });
await learner.moveTo(0);
const examples = train.map((example, index) => ({ index, example }));
const stepSeconds = [];
let firstStepSeconds;
for (let step = 0; step < settled + 3; step++) {
  const started = performance.now();
  const { loss } = await learner.step(examples, step, 1e-5);
  firstStepSeconds ??= performance.now() / 1000;
  if (!Number.isFinite(loss)) throw new Error(`The loss is ${loss}`);
  if (step >= 3) stepSeconds.push((performance.now() - started) / 1000);
}
await learner.release();
rmSync(cacheDirectory, { recursive: true });
const runtime = JSON.parse(
  readFileSync(new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url), 'utf8'),
).version;
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(
  JSON.stringify({
    version: `onnxruntime-node ${runtime}, Node ${process.version}`,
    tokens: rows * length,
    firstStepSeconds,
    stepSeconds,
    peakBytes,
  }),
);

// How long the page waits for a big study: the server of `goldilocks serve` beside optuna-dashboard's, on the same SQLite file.
// `npm run benchmark -- page-server [--trials 10000] [--rounds 3]`; PYTHON is the interpreter that has optuna-dashboard.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { categorical, float, int, SqliteStorage } from '@goldilocks/study';

const { values } = parseArgs({ options: { trials: { type: 'string' }, rounds: { type: 'string' } } });
const count = Number(values.trials ?? 10_000);
const rounds = Number(values.rounds ?? 3);
const python = process.env.PYTHON ?? 'python3';
const goldilocks = fileURLToPath(new URL('../../packages/goldilocks/bin/goldilocks.js', import.meta.url));

const distributions = {
  learningRate: float(1e-5, 1e-2, { log: true }),
  dropout: float(0, 0.5),
  weightDecay: float(0, 0.1),
  warmup: float(0, 0.2),
  epochs: int(1, 8),
  batchSize: categorical([4, 8, 16, 32]),
  schedule: categorical(['linear', 'cosine', 'constant']),
};

function trial(i) {
  const u = (k) => (Math.imul(i * 7 + k + 1, 2654435761) >>> 0) / 2 ** 32;
  const params = {
    learningRate: 10 ** (-5 + 3 * u(0)),
    dropout: 0.5 * u(1),
    weightDecay: 0.1 * u(2),
    warmup: 0.2 * u(3),
    epochs: 1 + Math.floor(8 * u(4)),
    batchSize: [4, 8, 16, 32][Math.floor(4 * u(5))],
    schedule: ['linear', 'cosine', 'constant'][Math.floor(3 * u(6))],
  };
  const value = (Math.log10(params.learningRate) + 3) ** 2 + params.dropout;
  const at = new Date(Date.UTC(2026, 0, 1) + 1000 * i);
  const intermediateValues = new Map([111, 333, 1000].map((step) => [step, value + 1 - step / 1000]));
  return {
    state: 'COMPLETE',
    values: [value],
    params,
    distributions,
    intermediateValues,
    startedAt: at,
    completedAt: at,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-page-server-'));
const state = join(folder, '.goldilocks');
mkdirSync(join(state, 'runs'), { recursive: true });
const file = join(state, 'studies.db');
const storage = await SqliteStorage.open(file);
const trials = Array.from({ length: count }, (_, i) => trial(i));
await storage.addStudies([{ name: 'big', directions: ['minimize'], trials }]);
await storage.close();

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function timed(url, headers) {
  const began = performance.now();
  const answer = await fetch(url, { headers });
  const bytes = (await answer.arrayBuffer()).byteLength;
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return { ms: Math.round(performance.now() - began), kB: Math.round(bytes / 1000) };
}

async function ours() {
  const child = spawn(process.execPath, [goldilocks, 'serve', '--no-open', '--port', '0', '--state', state]);
  try {
    const url = await new Promise((done, reject) => {
      let text = '';
      child.once('exit', () => reject(new Error(text)));
      child.stderr.on('data', (piece) => {
        text += piece;
        const found = /(http:\S+)\/#token=(\S+)/.exec(text);
        if (found) done(found);
      });
    });
    const [, origin, token] = url;
    const type = { 'content-type': 'application/json' };
    const session = await fetch(`${origin}/api/session`, {
      method: 'POST',
      headers: type,
      body: JSON.stringify({ token }),
    });
    const headers = { authorization: `Bearer ${(await session.json()).secret}` };
    const study = `${origin}/api/studies/big`;
    const first = await timed(`${study}/trials`, headers);
    const whole = await timed(`${study}/trials`, headers);
    const { revision } = await (await fetch(`${study}/trials`, { headers })).json();
    const result = { first, whole, increment: await timed(`${study}/trials?after=${revision}`, headers) };
    result.overview = await timed(study, headers);
    for (const kind of ['history', 'parallel', 'slice', 'importances', 'intermediate', 'contour', 'rank']) {
      result[kind] = await timed(`${study}/figures/${kind}`, headers);
    }
    return result;
  } finally {
    child.kill();
  }
}

async function theirs() {
  const port = await freePort();
  const program = join(
    dirname(execFileSync(python, ['-c', 'import sys; print(sys.executable)']).toString()),
    'optuna-dashboard',
  );
  const child = spawn(program, [`sqlite:///${file}`, '--port', String(port)], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}/api/studies/1`;
    for (let i = 0; i < 300; i++) {
      if (
        await fetch(`http://127.0.0.1:${port}/api/meta`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      await new Promise((done) => setTimeout(done, 100));
    }
    return { first: await timed(url), whole: await timed(url), increment: await timed(`${url}?after=${count}`) };
  } finally {
    child.kill();
  }
}

const results = { goldilocks: [], optunaDashboard: [] };
try {
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? ['goldilocks', 'optunaDashboard'] : ['optunaDashboard', 'goldilocks']) {
      const result = name === 'goldilocks' ? await ours() : await theirs();
      results[name].push(result);
      console.log(name, JSON.stringify(result));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify({ benchmark: 'page-server', trials: count, ...results }));

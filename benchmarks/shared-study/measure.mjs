// Prints what one trial of a shared study costs the database: measure.mjs URL POSTMASTER_PID FINISHED RUNNING TRIALS.
// A trial as a worker runs it: lost ones looked for, ask, sign of life, three reports with the question whether to prune, tell.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import {
  categorical,
  createStudy,
  float,
  int,
  keepAlive,
  openStorage,
  recoverLostTrials,
  SuccessiveHalvingPruner,
  TpeSampler,
} from '@goldilocks/study';

const [url, postmaster, finished, running, trials] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const space = {
  learningRate: float(1e-5, 1e-2, { log: true }),
  weightDecay: float(0, 0.3),
  dropout: float(0, 0.5, { step: 0.05 }),
  batchSize: categorical([4, 8, 16, 32]),
  epochs: int(1, 5),
  schedule: categorical(['constant', 'linear', 'cosine', 'polynomial']),
  frozenLayers: int(0, 24),
};
const shares = [111, 333, 1000];

/** A proxy that counts how often the talk turns from us to the server: the round trips. */
async function countingProxy(target) {
  const counted = { roundTrips: 0, toServer: 0, toUs: 0 };
  const server = createServer((socket) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    let last = 'server';
    socket.on('data', (chunk) => {
      if (last === 'server') counted.roundTrips++;
      last = 'us';
      counted.toServer += chunk.length;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      last = 'server';
      counted.toUs += chunk.length;
      socket.write(chunk);
    });
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    for (const each of [socket, upstream]) each.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(target);
  own.port = String(server.address().port);
  return { counted, url: own.toString(), close: () => server.close() };
}

/** Seconds of processor time that the server has used: the postmaster's children, ended ones included. */
function serverSeconds() {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' });
  const ticks = [postmaster, ...children.trim().split(/\s+/).map(Number)].map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return user + system + (pid === postmaster ? endedUser + endedSystem : 0);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

const template = (i, state) => ({
  state,
  ...(state === 'COMPLETE' && { values: [1 + Math.sin(i)] }),
  params: {
    learningRate: 1e-3,
    weightDecay: 0.1,
    dropout: 0.1,
    batchSize: 8,
    epochs: 3,
    schedule: 'linear',
    frozenLayers: i % 24,
  },
  distributions: space,
  intermediateValues: new Map(shares.map((share, i) => [share, 2 - i / 3])),
  // What a worker leaves for the report.
  userAttributes: state === 'COMPLETE' ? { record: 'x'.repeat(10_000) } : { settings: 'x'.repeat(700) },
});

const name = `bench-${finished}-${running}-${Date.now()}`;
const filler = await openStorage(url);
const filled = await createStudy({ storage: filler, name });
const all = [...Array(finished).fill('COMPLETE'), ...Array(running).fill('RUNNING')];
for (const [i, state] of all.entries()) await filled.addTrial(template(i, state));
await filler.close();

const proxy = await countingProxy(new URL(url));
const storage = await openStorage(proxy.url);
const study = await createStudy({
  storage,
  name,
  loadIfExists: true,
  sampler: new TpeSampler({ seed: 1 }),
  pruner: new SuccessiveHalvingPruner({ minResource: 111, reductionFactor: 3 }),
});
await study.trials(); // a worker reads the past once

const askMs = [];
async function runTrial(i) {
  await recoverLostTrials(study, { graceMs: 3_600_000 });
  const began = performance.now();
  const trial = await study.ask(space);
  askMs.push(performance.now() - began);
  const heartbeat = await keepAlive(study, trial);
  for (const share of shares) {
    await trial.report(2 + Math.sin(i) - share / 1000, share);
    await trial.shouldPrune();
  }
  heartbeat.stop();
  await study.tell(trial, 1 + Math.sin(i));
}
await runTrial(0);
askMs.length = 0;
const before = { ...proxy.counted, server: serverSeconds(), ours: process.cpuUsage() };
for (let i = 1; i <= trials; i++) await runTrial(i);
const ours = process.cpuUsage(before.ours);
const per = (key) => (proxy.counted[key] - before[key]) / trials;
console.log(
  JSON.stringify({
    finished,
    running,
    roundTrips: per('roundTrips'),
    kilobytesRead: per('toUs') / 1000,
    serverMs: (1000 * (serverSeconds() - before.server)) / trials,
    workerMs: (ours.user + ours.system) / 1000 / trials,
    askMs: askMs.sort((a, b) => a - b)[askMs.length >> 1],
  }),
);
await storage.close();
proxy.close();

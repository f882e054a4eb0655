// How far one PostgreSQL carries: what a trial costs it, measured on a real server, and then 10 to 4,000 workers simulated on that.
// usage: .ci/with-postgres npm run benchmark -- shared-study
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runVariant } from '../alternate.mjs';
import { simulate } from './simulate.mjs';

const url = process.env.GOLDILOCKS_POSTGRES;
if (!url) throw new Error('Start this with .ci/with-postgres, which gives it a server.');
const status = execFileSync(process.env.GOLDILOCKS_POSTGRES_CTL, ['status'], { encoding: 'utf8' });
const postmaster = /PID: (\d+)/.exec(status)[1];
const script = fileURLToPath(new URL('measure.mjs', import.meta.url));

console.log('One trial: lost ones looked for, ask (TPE), sign of life, three reports with pruning, tell');
const measured = [];
for (const [finished, running, trials] of [
  [100, 1, 40],
  [1000, 1, 40],
  [1000, 100, 20],
  [1000, 1000, 10],
]) {
  const result = await runVariant({
    command: process.execPath,
    args: [script, url, postmaster, finished, running, trials].map(String),
  });
  measured.push(result);
  const { roundTrips, kilobytesRead, serverMs, workerMs, askMs } = result;
  console.log(
    `${finished} finished, ${running} running: ${roundTrips.toFixed(1)} round trips, ${kilobytesRead.toFixed(0)} kB read, ` +
      `${serverMs.toFixed(1)} ms of the server's processors, ${workerMs.toFixed(1)} ms of the worker's; ask ${askMs.toFixed(1)} ms`,
  );
}

// What is read grows with the trials that others are running: a line through the measurements.
const [few, many] = [measured[1], measured.at(-1)];
const slope = (key) => Math.max(0, (many[key] - few[key]) / (many.running - few.running));
const costWith = (running) => ({
  roundTrips: few.roundTrips + slope('roundTrips') * (running - few.running),
  serverMs: few.serverMs + slope('serverMs') * (running - few.running),
});
const beatMs = few.serverMs / few.roundTrips;

console.log(`\nSimulated: a server with 4 processors, signs of life every 15 s`);
const simulated = [];
for (const trialSeconds of [60, 600, 3600]) {
  for (const workers of [10, 100, 1000, 4000]) {
    for (const latencyMs of [0.5, 5, 50]) {
      const result = simulate({
        workers,
        trialSeconds,
        latencyMs,
        cores: 4,
        cost: costWith(workers),
        beatMs,
        hours: trialSeconds < 600 ? 0.5 : 2,
      });
      simulated.push(result);
      console.log(
        `${String(workers).padStart(6)} workers, trials of ${String(trialSeconds).padStart(4)} s, ${String(latencyMs).padStart(3)} ms away: ` +
          `server ${(100 * result.serverLoad).toFixed(1).padStart(5)} % busy, workers wait ${(100 * result.waitingShare).toFixed(2).padStart(6)} % of their time, ` +
          `a dealing takes ${result.dealingMs.median.toFixed(0)} ms (1 in 100: ${result.dealingMs.p99.toFixed(0)})`,
      );
    }
  }
}
console.log(JSON.stringify({ measured, beatMs, simulated }));

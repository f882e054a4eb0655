/** Starts optuna-dashboard on loopback and checks that it shows the studies that `write` made, trial by trial. */

import { deepStrictEqual, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadStudy, openStorage } from '@goldilocks/study';
import { freePort } from '../../../../.ci/free-port.mjs';

export async function checkDashboard(python, url) {
  const port = await freePort();
  const run = 'import sys; from optuna_dashboard._cli import main; sys.exit(main())';
  const args = ['-W', 'ignore', '-c', run, url, '--host', '127.0.0.1', '--port', String(port), '--quiet'];
  const dashboard = spawn(python, args, { stdio: 'ignore' });
  const exit = once(dashboard, 'exit');
  try {
    const address = `http://127.0.0.1:${port}/api/studies`;
    const { study_summaries: summaries } = await patiently(address, dashboard);
    const storage = await openStorage(url);
    for (const { id, name } of await storage.getStudies()) {
      ok(
        summaries.some((summary) => summary.study_id === id && summary.study_name === name),
        `no study ${name}`,
      );
      await compareTrials(await (await fetch(`${address}/${id}`)).json(), await loadStudy({ storage, name }));
    }
    await storage.close();
    console.log(`ok  optuna-dashboard shows ${summaries.length} studies written by us`);
  } finally {
    dashboard.kill('SIGKILL');
    await exit;
  }
}

async function compareTrials(shown, study) {
  const trials = await study.trials();
  deepStrictEqual(shown.name, study.name);
  deepStrictEqual(
    shown.trials.map(({ number, state, params }) => [number, state.toUpperCase(), params.length]),
    trials.map(({ number, state, params }) => [number, state, Object.keys(params).length]),
    'trials in the dashboard',
  );
  const best = await study.bestTrials();
  ok(shown.best_trials.length > 0 && best.some(({ number }) => number === shown.best_trials[0].number), 'best trial');
}

async function patiently(address, dashboard) {
  for (let attempt = 0; attempt < 6000 && dashboard.exitCode === null; attempt++) {
    try {
      return await (await fetch(address)).json();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`optuna-dashboard did not answer at ${address}.`);
}

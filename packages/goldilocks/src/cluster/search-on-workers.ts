// The search on other machines: what a trial needs is put into the study, workers take its trials, and the rest of the journey goes on here.
import { join, resolve } from 'node:path';
import type { Params, Study } from '@goldilocks/study';
import { type JourneyContext, runStage, tell } from '../journey/context.js';
import { describeObjective } from '../journey/objective.js';
import { budgetOf } from '../journey/options.js';
import { quote } from '../journey/report/command.js';
import { searchSentence } from '../journey/search-stage.js';
import { confirmEnd } from '../journey/stage-times.js';
import type { TrialStages } from '../journey/trial-stages.js';
import { paramsFromSettings } from '../plan/plan.js';
import type { SearchTrial } from '../search/search-trial.js';
import { distributionsOf } from '../search/space.js';
import { readRecord, recordFile } from '../search/trial-files.js';
import { writeFileAtomic } from '../state/atomic.js';
import type { PastWinner } from '../transfer/past-winner.js';
import { winnersInSpace } from '../transfer/past-winners.js';
import { type ClusterOptions, isLoopback, withoutPassword } from './cluster-options.js';
import { followSearch } from './follow-search.js';
import { connectRay } from './ray/connect.js';
import { WorkerPool } from './ray/worker-pool.js';
import { readJob, type SharedJob, writeJob } from './shared-job.js';
import { openSharedStudy } from './shared-study.js';
import { latestAttempts, recordOf, sharedTrials } from './shared-trials.js';

/** Signs of life that may fail to come before a trial is lost. */
const missedSigns = 4;

export async function searchOnWorkers(stages: TrialStages, cluster: ClusterOptions): Promise<SearchTrial[]> {
  const { context } = stages;
  const { record } = context;
  const known = await readJob(context.study);
  const job = known ?? describeJob(stages, cluster);
  const study = await openSharedStudy(context.storage, record.study, job);
  if (record.searched) return sharedTrials(study);
  return runStage(context, 'search', async () => {
    await study.setMetricNames([describeObjective(stages.prepared.objective).name]);
    await fillQueue(study, job, record.past ?? []);
    if (known === undefined) await writeJob(study, job);
    await runWorkers(stages, cluster, study, job);
    await keepRecords(context, study);
    const trials = await sharedTrials(study);
    record.searched = true;
    return { result: trials, summary: searchSentence(trials) };
  });
}

function describeJob(stages: TrialStages, cluster: ClusterOptions): SharedJob {
  const { context, prepared, piloted } = stages;
  const { cluster: _, ...settings } = context.record.settings;
  const end = confirmEnd(stages);
  const intervalMs = 1000 * (cluster.heartbeatSeconds ?? 15);
  return {
    settings: { ...settings, data: resolve(settings.data) },
    model: prepared.model,
    dataHash: prepared.data.dataHash,
    ...piloted,
    engine: cluster.engine ?? 'onnx',
    trials: budgetOf(settings).trials ?? null,
    startsUntil: end === undefined ? null : new Date(Date.now() + 1000 * (end - context.clock.elapsed)).toISOString(),
    prune: cluster.prune ?? true,
    heartbeat: { intervalMs, graceMs: missedSigns * intervalMs },
  };
}

/**
 * The recommended settings first, then those of past studies; where the budget counts trials, all others too, with parameters to
 * be chosen when one is taken.
 */
async function fillQueue(study: Study, { plan, trials }: SharedJob, past: readonly PastWinner[]): Promise<void> {
  const before = latestAttempts(await study.trials()).length;
  const winners = winnersInSpace(plan, distributionsOf(plan.searchSpace), past);
  const first: Params[] = [paramsFromSettings(plan, plan.settings), ...winners.map(({ params }) => params)];
  for (let count = before; count < (trials ?? first.length); count++) await study.enqueue(first[count] ?? {});
}

async function runWorkers(stages: TrialStages, cluster: ClusterOptions, study: Study, job: SharedJob): Promise<void> {
  const { context } = stages;
  const pool = cluster.on.kind === 'ray' ? await startPool(context, cluster, cluster.on.address) : undefined;
  if (pool === undefined) sayHowToStart(context, cluster);
  const ends = job.startsUntil === null ? null : Date.parse(job.startsUntil);
  try {
    await followSearch({
      study,
      job,
      emit: context.emit,
      budget: () => ({
        secondsUsed: context.clock.elapsed,
        secondsLeft: ends === null ? null : Math.max(0, (ends - Date.now()) / 1000),
      }),
      check: () => pool?.check(),
      signal: context.signal,
    });
  } finally {
    await pool?.close();
  }
}

async function startPool(context: JourneyContext, cluster: ClusterOptions, address: string): Promise<WorkerPool> {
  const client = await connectRay(address);
  const { state, record } = context;
  if (isLoopback(cluster.storage) && !isLoopback(address)) {
    tell(
      context,
      `The database at ${withoutPassword(cluster.storage)} is on this machine's own loopback: workers on other machines cannot reach it.`,
      'warning',
    );
  }
  if (withoutPassword(cluster.storage) !== cluster.storage) {
    tell(
      context,
      "Ray keeps the database's password where everyone who sees its dashboard can read it; docs/clusters.md says how to leave it out.",
      'warning',
    );
  }
  return WorkerPool.start({
    client,
    study: record.study,
    cluster,
    logDirectory: join(state.study(record.study), 'workers'),
    stateDirectory: resolve(state.root),
    notice: (text, level) => tell(context, text, level),
  });
}

function sayHowToStart(context: JourneyContext, cluster: ClusterOptions): void {
  const storage = quote(withoutPassword(cluster.storage));
  tell(
    context,
    `Waiting for workers. On every machine that helps: goldilocks worker --storage ${storage} --study ${quote(context.record.study)}`,
  );
}

/** What workers saw of each trial, beside their own copies, where the report looks for it. */
async function keepRecords({ state, record }: JourneyContext, study: Study): Promise<void> {
  for (const trial of latestAttempts(await study.trials())) {
    const seen = recordOf(trial);
    const folder = state.trial(record.study, trial.number);
    // Workers that share this disk have left the whole record.
    if (seen === undefined || (await readRecord(folder)) !== undefined) continue;
    await writeFileAtomic(join(folder, recordFile), JSON.stringify(seen));
  }
}

/** What we do in the interoperability test: write a study, show what we read, go on with one. */

import {
  categorical,
  constraintsOf,
  createStudy,
  float,
  formatDistribution,
  int,
  loadStudy,
  openStorage,
  TpeSampler,
} from '@goldilocks/study';

const SPACE = {
  learning_rate: float(1e-5, 1e-2, { log: true }),
  weight_decay: float(0, 0.3),
  dropout: float(0, 0.5, { step: 0.05 }),
  batch_size: categorical([4, 8, 16]),
  epochs: int(1, 5),
  rank: int(1, 64, { log: true }),
  width: int(8, 64, { step: 8 }),
  schedule: categorical(['cosine', null, 1, 2.5, true, 'ä\n']),
};

const loss = (p) => (Math.log10(p.learning_rate) + 3.3) ** 2 + 4 * (p.weight_decay - 0.1) ** 2 + 0.1 * p.epochs;

/** The counterpart of `write` in optuna_side.py. */
export async function write(url, name) {
  const storage = await openStorage(url);
  const study = await createStudy({ storage, name, sampler: new TpeSampler({ seed: 1 }) });
  await study.setUserAttribute('note', { nan: Number.NaN, list: [1, null, 'ä'], inf: [Infinity, -Infinity] });
  await study.setMetricNames(['loss']);
  await study.enqueue({ learning_rate: 1e-4, schedule: null }, { userAttributes: { why: 'recommended' } });
  for (let i = 0; i < 14; i++) {
    const trial = await study.ask(SPACE);
    await trial.setUserAttribute('i', i);
    for (const [step, value] of [3, Number.NaN, Infinity, -Infinity, 0.1 * i].entries())
      await trial.report(value, step);
    if (i === 3) await study.tell(trial, null, { state: 'PRUNED' });
    else if (i === 4) await study.tell(trial, null, { state: 'FAIL', failure: 'out of memory' });
    else if (i === 5 || i === 6) await study.tell(trial, i === 5 ? Infinity : -Infinity);
    else {
      await trial.setConstraint('memory', i === 7 ? 0.5 : -1);
      await study.tell(trial, loss(trial.params));
    }
  }
  // One whose parameters come one by one, so that Optuna sees those still to come.
  await (await study.ask()).suggestFloat('learning_rate', 1e-5, 1e-2, { log: true });
  await study.enqueue({ epochs: 2 });
  const directions = ['maximize', 'minimize', 'maximize'];
  const several = await createStudy({ storage, name: `${name} several`, directions });
  for (let i = 0; i < 4; i++) await several.tell(await several.ask({ x: float(0, 1) }), [i % 3, i, Infinity]);
  await storage.close();
}

/** Asks for what waits, then for new trials by TPE over all that is there. */
export async function goOn(url, name) {
  const storage = await openStorage(url);
  const study = await loadStudy({ storage, name, sampler: new TpeSampler({ seed: 2, startupTrials: 4 }) });
  for (let i = 0; i < 4; i++) {
    const trial = await study.ask(SPACE);
    await study.tell(trial, loss(trial.params));
  }
  await storage.close();
}

/** All that a database holds, in the form of `dump` in optuna_side.py. */
export async function dump(url) {
  const storage = await openStorage(url);
  const studies = [];
  for (const { name, directions, userAttributes, systemAttributes } of await storage.getStudies()) {
    const study = await loadStudy({ storage, name });
    const best = (await study.bestTrials()).map(({ number }) => number);
    const trials = (await study.trials()).map((trial) => ({
      number: trial.number,
      state: trial.state,
      values: trial.values,
      params: trial.params,
      distributions: mapValues(trial.distributions, (distribution) => JSON.parse(formatDistribution(distribution))),
      intermediate: Object.fromEntries(trial.intermediateValues),
      user: trial.userAttributes,
      system: trial.systemAttributes,
      constraints: constraintsOf(trial),
      started: trial.startedAt,
      completed: trial.completedAt,
    }));
    studies.push({ name, directions, user: userAttributes, system: systemAttributes, best, trials });
  }
  await storage.close();
  return JSON.parse(JSON.stringify(studies, plain));
}

const WORDS = { NaN: 'nan', Infinity: 'inf', '-Infinity': '-inf' };

function plain(_key, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: WORDS[String(value)] } : value;
}

function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

// Optuna's search on a problem: TPE with a pruner, reports at ninths of the schedule, until so many epochs are spent.

/** Hyperband's and successive halving's resources are ninths of a schedule. */
const REPORTS = 9;
export const peers = {
  'optuna tpe hyperband': {
    sampler: 'tpe',
    pruner: 'hyperband',
    prunerOptions: { min_resource: 1, max_resource: REPORTS, reduction_factor: 3 },
  },
  'optuna tpe asha': {
    sampler: 'tpe',
    pruner: 'successive-halving',
    prunerOptions: { min_resource: 1, reduction_factor: 3 },
  },
  'optuna tpe': { sampler: 'tpe', pruner: 'none' },
};

/** @returns {Promise<number[]>} the true loss of Optuna's best trial when so many epochs are spent */
export async function searchOptuna(optuna, problem, name, seed, marks) {
  const study = await optuna.createStudy({ ...peers[name], seed, name: `${problem.name} ${seed}` });
  await study.enqueue(problem.recommended);
  const values = [];
  let [epochs, best] = [0, { observed: Number.POSITIVE_INFINITY, value: Number.POSITIVE_INFINITY }];
  for (let number = 0; values.length < marks.length; number++) {
    const trial = await study.ask(problem.space);
    const { params } = trial;
    let state = 'COMPLETE';
    let loss;
    for (let report = 1; report <= REPORTS && state === 'COMPLETE'; report++) {
      loss = problem.loss(params, { share: report / REPORTS, seed: 1000 * seed + number });
      epochs += params.epochs / REPORTS;
      while (values.length < marks.length && epochs > marks[values.length] + 1e-9) values.push(best.value);
      await trial.report(loss, report);
      if (report < REPORTS && (await trial.shouldPrune())) state = 'PRUNED';
    }
    await study.tell(trial, state === 'COMPLETE' ? loss : null, { state });
    if (state === 'COMPLETE' && loss < best.observed) best = { observed: loss, value: problem.loss(params) };
  }
  await study.forget();
  return values;
}

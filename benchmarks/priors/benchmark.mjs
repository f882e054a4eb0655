// What a recommendation is worth: the best true value with a right one, a wrong one and none, by function, sampler, confidence.
// usage: npm run benchmark -- priors [--seeds 30] [--trials 30] [--functions tune-lora,…] [--samplers auto,tpe] [--confidences 0.25,0.5,0.75]
import { parseArgs } from 'node:util';
import { AutoSampler, createStudy, GpSampler, NonePruner, RandomGenerator, TpeSampler } from '@goldilocks/study';
import { median } from '../alternate.mjs';
import { problems } from '../best-value/problems.mjs';
import { recommending, settingsFor } from './recommendations.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    trials: { type: 'string', default: '30' },
    functions: { type: 'string', default: 'branin,hartmann-6,mixed,tune-classifier,tune-lora,tune-full' },
    samplers: { type: 'string', default: 'auto,tpe' },
    confidences: { type: 'string', default: '0.25,0.5,0.75' },
  },
});
const [seeds, trials] = [Number(options.seeds), Number(options.trials)];
const SHOWN = [8, 15, 30].filter((budget) => budget <= trials);
const SAMPLERS = { auto: AutoSampler, gp: GpSampler, tpe: TpeSampler };

/** True values of the lowest measured trial after each trial. Trial 0 is the function's default, for all. */
async function study({ name, truth, noise, default: setting }, space, sampler, seed) {
  const created = await createStudy({ sampler: new SAMPLERS[sampler]({ seed }), pruner: new NonePruner() });
  await created.enqueue(setting);
  const best = { measured: Number.POSITIVE_INFINITY, value: Number.NaN };
  const course = [];
  for (let number = 0; number < trials; number++) {
    const trial = await created.ask(space);
    const value = truth(trial.params);
    const measured = value + (noise?.(trial.params, RandomGenerator.of(seed, number, name)) ?? 0);
    await created.tell(trial, measured);
    if (measured < best.measured) Object.assign(best, { measured, value });
    course.push(best.value);
  }
  return course;
}

async function courses(problem, space, sampler) {
  const runs = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await study(problem, space, sampler, seed));
  return Array.from({ length: trials }, (_, at) => median(runs.map((run) => run[at])));
}

/** Trials after which the median is as good as a target; Infinity when it never is. */
const needed = (course, target) => course.findIndex((value) => value <= target) + 1 || Number.POSITIVE_INFINITY;

const rows = [];
for (const name of options.functions.split(',')) {
  const problem = problems.find((one) => one.name === name);
  const settings = await settingsFor(problem);
  for (const sampler of options.samplers.split(',')) {
    const without = await courses(problem, problem.space, sampler);
    const target = without.at(-1);
    add({ name, sampler, prior: 'none', confidence: 0 }, without, target);
    for (const confidence of options.confidences.split(',').map(Number)) {
      for (const [prior, setting] of Object.entries(settings)) {
        const space = recommending(problem.space, setting, confidence);
        add({ name, sampler, prior, confidence }, await courses(problem, space, sampler), target);
      }
    }
  }
}
console.log(JSON.stringify({ benchmark: 'priors', seeds, trials, node: process.version, rows }));

function add(what, course, target) {
  const trialsNeeded = needed(course, target);
  rows.push({ ...what, medians: SHOWN.map((budget) => course[budget - 1]), trialsNeeded });
  const cells = SHOWN.map((budget) => `${budget}: ${course[budget - 1].toPrecision(4)}`);
  const { name, sampler, prior, confidence } = what;
  console.log(
    `${name} ${sampler} ${prior} ${confidence}  ${cells.join('  ')}  as good as none at the end after ${trialsNeeded}`,
  );
}

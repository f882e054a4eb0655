// How often a stated 90 % zone covers the true one, and how much it says, on tasks whose truth is known, searched by our sampler.
// usage: npm run benchmark -- zones [tasks of each family] [first seed] [trials, such as 12,24,40,60]
import { AutoSampler, createStudy, RandomGenerator, zones } from '@goldilocks/study';
import { drawTask, normal, spaceAround } from '../simulated/fine-tuning.mjs';
import { drawSmoothTask } from '../simulated/smooth.mjs';

const [count = '24', firstSeed = '9000', sizesText = '12,24,40,60'] = process.argv.slice(2);
const SIZES = sizesText.split(',').map(Number);
const NOISES = [0.005, 0.02, 0.05];
const FAMILIES = { 'like fine-tuning': drawTask, smooth: drawSmoothTask };
/** How near a stated end must be to the true one for it to be met, as a share of the range: the truth is found on a grid. */
const RESOLUTION = 0.002;

async function search({ truth, defaults }, noise, seed) {
  const study = await createStudy({ sampler: new AutoSampler({ seed }) });
  const random = RandomGenerator.of(seed, 'noise');
  for (let i = 0; i < Math.max(...SIZES); i++) {
    const trial = await study.ask(spaceAround(defaults));
    await study.tell(trial, truth(trial.params) + noise * normal(random));
  }
  return study.trials();
}

const position = ({ low, high, log }, value) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

function gridOf({ low, high, log, step }) {
  if (step !== null)
    return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => Number((low + k * step).toFixed(9)));
  return Array.from({ length: 1001 }, (_, k) =>
    log ? low * (high / low) ** (k / 1000) : low + ((high - low) * k) / 1000,
  );
}

/** Whether a stated range covers the true one; how wide it is inside and outside, and truly, as shares of the range. */
function judgeRange(zone, distribution, isInside) {
  const grid = gridOf(distribution);
  const distance = (value) => Math.abs(position(distribution, value) - position(distribution, zone.value));
  let low = grid.reduce((best, value, i) => (distance(value) < distance(grid[best]) ? i : best), 0);
  let high = low;
  while (low > 0 && isInside(grid[low - 1])) low--;
  while (high < grid.length - 1 && isInside(grid[high + 1])) high++;
  const at = (value) => position(distribution, value);
  const [a, b, slack] = [at(grid[low]), at(grid[high]), distribution.step === null ? RESOLUTION : 1e-9];
  const covers =
    a <= at(zone.low.inside) + slack &&
    a >= at(zone.low.outside) - slack &&
    b >= at(zone.high.inside) - slack &&
    b <= at(zone.high.outside) + slack;
  const inside = at(zone.high.inside) - at(zone.low.inside);
  return { covers, inside, outside: at(zone.high.outside) - at(zone.low.outside), truth: b - a };
}

function judgeChoices({ choices }, isInside) {
  const share = (fits) => choices.filter(fits).length / choices.length;
  const covers = choices.every(
    ({ choice, verdict }) => verdict === 'open' || isInside(choice) === (verdict === 'inside'),
  );
  return {
    covers,
    inside: share(({ verdict }) => verdict === 'inside'),
    outside: share(({ verdict }) => verdict !== 'outside'),
    truth: share(({ choice }) => isInside(choice)),
  };
}

const rows = [];
for (const [family, draw] of Object.entries(FAMILIES)) {
  for (let i = 0; i < Number(count); i++) {
    const [seed, noise] = [Number(firstSeed) + i, NOISES[i % NOISES.length]];
    const task = draw(seed);
    const trials = await search(task, noise, seed);
    for (const size of SIZES) {
      // The margin of every second task is left to the trials; a zone is judged by the margin that it states.
      const margin = i % 2 === 0 ? Math.max(0.01, Math.SQRT2 * noise) : undefined;
      const stated = zones(trials.slice(0, size), { margin });
      const base = task.truth(stated.incumbent.params);
      for (const zone of stated.parameters) {
        const isInside = (value) =>
          task.truth({ ...stated.incumbent.params, [zone.name]: value }) - base <= stated.margin;
        const judged =
          zone.kind === 'range' ? judgeRange(zone, task.space[zone.name], isInside) : judgeChoices(zone, isInside);
        rows.push({
          family,
          size,
          noise,
          margin: margin === undefined ? 'estimated' : 'given',
          name: zone.name,
          says: !zone.isOpen,
          ...judged,
        });
      }
    }
    if (process.env.VERBOSE)
      console.error(family, i, (rows.filter(({ covers }) => covers).length / rows.length).toFixed(3));
  }
}

const percent = (some, fits) => Math.round((1000 * some.filter(fits).length) / Math.max(1, some.length)) / 10;
const mean = (some, key) => Number((some.reduce((sum, row) => sum + row[key], 0) / some.length).toFixed(2));
function summarise(some) {
  const telling = some.filter(({ says }) => says);
  return {
    zones: some.length,
    'covers, %': percent(some, ({ covers }) => covers),
    'of those that tell, %': percent(telling, ({ covers }) => covers),
    'can’t tell yet, %': percent(some, ({ says }) => !says),
    'surely inside': mean(some, 'inside'),
    'true width': mean(some, 'truth'),
    'not surely outside': mean(some, 'outside'),
  };
}
const by = (key) =>
  Object.fromEntries(
    [...new Set(rows.map((row) => row[key]))].map((value) => [
      value,
      summarise(rows.filter((row) => row[key] === value)),
    ]),
  );
const summary = {
  size: by('size'),
  family: by('family'),
  noise: by('noise'),
  margin: by('margin'),
  parameter: by('name'),
  all: summarise(rows),
};
for (const [name, table] of Object.entries(summary)) if (name !== 'all') console.table(table);
console.log(JSON.stringify({ benchmark: 'zones', confidence: 0.9, node: process.version, summary }));

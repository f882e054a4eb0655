/** Medians of ours and the peer's side by side, and whether the difference could be chance. */

import { holm, mannWhitney, median } from './statistics.mjs';
import { BUDGETS } from './studies.mjs';

/** Each sampler of ours and its namesakes; `auto` is held against the better of two. */
const NAMESAKES = { auto: ['tpe', 'gp'], tpe: ['tpe'], gp: ['gp'], cmaes: ['cmaes'], random: ['random'] };
const LEVEL = 0.05;

/** A row for each function, sampler and budget for which the peer has been measured with at least five seeds. */
export function comparisons(problems, samplers, ours, peers) {
  return samplers.flatMap((sampler) => {
    const rows = problems.flatMap(({ name, group }) =>
      BUDGETS.flatMap((budget, at) => {
        const own = column(ours[name][sampler], at);
        const candidates = NAMESAKES[sampler].map((peer) => ({ peer, values: column(peers[name]?.[peer] ?? {}, at) }));
        if (candidates.some(({ values }) => values.length < 5)) return [];
        const { peer, values } = candidates.reduce((a, b) => (median(b.values) < median(a.values) ? b : a));
        const [mine, theirs] = [median(own), median(values)];
        return [{ sampler, name, group, budget, mine, peer, theirs, n: values.length, p: mannWhitney(own, values) }];
      }),
    );
    const corrected = holm(rows.map(({ p }) => p));
    return rows.map((row, i) => ({ ...row, corrected: corrected[i], verdict: verdictOf(row, corrected[i]) }));
  });
}

function column(runs, at) {
  return Object.values(runs).map((values) => values[at]);
}

/** «worse» and «better» hold after Holm's correction over all functions and budgets of a sampler. */
function verdictOf({ mine, theirs, p }, corrected) {
  if (corrected < LEVEL) return mine < theirs ? 'better' : 'worse';
  if (p < LEVEL) return mine < theirs ? '(better)' : '(worse)';
  return '';
}

/** @returns for each sampler: in how many rows its median is at least as good, and how many verdicts of each kind */
export function print(rows) {
  const summary = {};
  for (const { sampler, name, budget, mine, peer, theirs, n, p, corrected, verdict } of rows) {
    const cells = [sampler, name.padEnd(15), `${budget}`.padStart(2), format(mine), peer.padEnd(5), format(theirs)];
    console.log([...cells, `n=${n}`, `p=${p.toPrecision(2)}`, `Holm ${corrected.toPrecision(2)}`, verdict].join('  '));
    const of = (summary[sampler] ??= {
      rows: 0,
      medianAtLeastAsGood: 0,
      better: 0,
      worse: 0,
      betterUncorrected: 0,
      worseUncorrected: 0,
    });
    of.rows++;
    if (mine <= theirs + 1e-9 * Math.abs(theirs)) of.medianAtLeastAsGood++;
    if (p < LEVEL) of[mine < theirs ? 'betterUncorrected' : 'worseUncorrected']++;
    if (verdict === 'better' || verdict === 'worse') of[verdict]++;
  }
  console.table(summary);
  return summary;
}

const format = (value) => value.toPrecision(4).padStart(9);

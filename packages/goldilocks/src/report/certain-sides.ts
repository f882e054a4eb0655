// Where the estimate leaves a side open that is certain, the certain one closes it; where both say something, they agree.
import type { CertainZone, ParamValue, Zone } from '@goldilocks/protocol';
import type { Finding, Side } from './zones.js';

type Range = Extract<Zone, { low: number }>;
type CertainRange = Extract<CertainZone, { tooMuch: unknown }>;
type CertainChoices = Exclude<CertainZone, CertainRange>;

/** What a certain side is certain with: half of the doubt on each. */
const certainty = 0.95;

export function closedBy(certain: CertainZone | null | undefined, finding: Finding): Finding {
  if (!certain || !finding.zone) return finding;
  if ('open' in certain)
    return 'choices' in finding.zone ? withoutWorse(certain, finding, finding.zone.choices) : finding;
  return 'low' in finding.zone ? withEnds(certain, finding, finding.zone) : finding;
}

function withEnds({ tooLittle, tooMuch }: CertainRange, finding: Finding, zone: Range): Finding {
  const low = finding.low ?? (tooLittle && certainSide(finding, tooLittle.below, tooLittle.trials));
  const high = finding.high ?? (tooMuch && certainSide(finding, tooMuch.above, tooMuch.trials));
  const isLow = finding.low === null && low !== null;
  const isHigh = finding.high === null && high !== null;
  return {
    ...finding,
    low,
    high,
    hints: finding.hints.filter(({ where }) => !(isLow && where === 'below') && !(isHigh && where === 'above')),
    zone: {
      low: isLow ? Math.max(zone.low, tooLittle!.below) : zone.low,
      high: isHigh ? Math.min(zone.high, tooMuch!.above) : zone.high,
      lowClosed: zone.lowClosed || isLow,
      highClosed: zone.highClosed || isHigh,
    },
  };
}

function withoutWorse({ worse }: CertainChoices, finding: Finding, choices: readonly ParamValue[]): Finding {
  const known = finding.otherChoices.filter(({ early }) => !early).map(({ beyond }) => beyond);
  const news = worse.filter((choice) => choices.includes(choice) && !known.includes(choice));
  const sides = news.map((choice) => {
    const having = finding.points.filter(({ value }) => value === choice).map(({ trial }) => trial);
    return certainSide(finding, choice, having);
  });
  return {
    ...finding,
    otherChoices: [...finding.otherChoices.filter(({ beyond }) => !news.includes(beyond)), ...sides],
    hints: finding.hints.filter(({ side }) => !news.includes(side.beyond)),
    zone: { choices: choices.filter((choice) => !news.includes(choice)) },
  };
}

function certainSide({ points }: Finding, beyond: ParamValue, trials: readonly number[]): Side {
  const none = { trials: [], rise: null };
  const failed = points.filter((point) => point.failed).map(({ trial }) => trial);
  return {
    trials: [...trials],
    beyond,
    ended: none,
    stopped: { ...none, shares: { least: 1, most: 1 } },
    diverged: trials.filter((trial) => failed.includes(trial)),
    probability: certainty,
    early: false,
  };
}

/**
 * What is certain, without what contradicts the estimate beside it: nothing beyond an edge that trials close is surely as good,
 * and nothing that the estimate takes in is surely worse.
 */
export function agreeing(certain: CertainZone | null | undefined, zone: Zone | null): CertainZone | null | undefined {
  if (!certain || zone === null || 'choices' in zone || 'open' in certain) return certain;
  const { inside, tooLittle, tooMuch } = certain;
  const low = zone.lowClosed ? Math.max(zone.low, inside?.low ?? zone.low) : inside?.low;
  const high = zone.highClosed ? Math.min(zone.high, inside?.high ?? zone.high) : inside?.high;
  return {
    inside: inside === null || low === high ? null : { low: low!, high: high! },
    tooLittle: tooLittle && { ...tooLittle, below: Math.min(tooLittle.below, zone.low) },
    tooMuch: tooMuch && { ...tooMuch, above: Math.max(tooMuch.above, zone.high) },
  };
}

// Says in a sentence what the trials showed of one hyperparameter, and how sure that is.
import type { Hyperparameter, ParamValue, SideEvidence, VerdictKind } from '@goldilocks/protocol';
import type { Pair } from './comparability.js';
import { list, loss, plain, trialList } from './numbers.js';
import type { Direction } from './observations.js';
import type { Finding, Hint, Side } from './zones.js';

export interface Objective {
  /** As in the middle of a sentence: `validation loss`. */
  title: string;
  direction: Direction;
}

export interface Wording {
  objective: Objective;
  /** What chance alone makes of a difference. */
  noise: number;
  /** A parameter's name in the middle of a sentence. */
  nameOf: (parameter: string) => string;
}

export type Judgement = Pick<Hyperparameter, 'verdict' | 'confidence' | 'sentence' | 'evidence'>;

/** At most this probability that any tested value differs by more than noise, for saying that none does. */
const noDifference = 0.15;
const sure = 0.9;

/** `finding` is null for a hyperparameter that no trial varied. `value` is the chosen one. */
export function judge(finding: Finding | null, value: ParamValue, wording: Wording): Judgement {
  const evidence = {
    tooLittle: finding?.low ? sideEvidence(finding.low, 'below', wording) : null,
    tooMuch: finding?.high ? sideEvidence(finding.high, 'above', wording) : null,
    otherChoices: finding?.otherChoices.map((side) => sideEvidence(side, 'choice', wording)) ?? [],
  };
  const verdict = verdictOf(finding);
  return {
    verdict,
    confidence: confidenceOf(verdict, finding),
    sentence: sentenceOf(verdict, finding, value, wording),
    evidence,
  };
}

function verdictOf(finding: Finding | null): VerdictKind {
  if (!finding || finding.tested.length < 2) return 'not-tested';
  if (!finding.zone) return 'uncertain';
  const sides = sidesOf(finding);
  if ('choices' in finding.zone) {
    if (finding.zone.choices.length === 1) return 'just-right';
    if (sides.length > 0) return 'one-side';
  }
  const both = (closed(finding.low) || finding.atLeastPossible) && (closed(finding.high) || finding.atMostPossible);
  if (sides.length > 0) return both ? 'just-right' : 'one-side';
  return finding.differs <= noDifference ? 'no-effect-seen' : 'uncertain';
}

/** Bounded by where runs end, not only by how they started. */
const closed = (side: Side | null) => side !== null && !side.early;

function sidesOf({ low, high, otherChoices }: Finding): Side[] {
  return [low, high, ...otherChoices].filter((side) => side !== null);
}

function confidenceOf(verdict: VerdictKind, finding: Finding | null): Hyperparameter['confidence'] {
  if (!finding || verdict === 'not-tested') return 'none';
  if (verdict === 'uncertain') return 'low';
  if (verdict === 'no-effect-seen') return finding.differs < 0.05 ? 'high' : finding.differs < 0.1 ? 'medium' : 'low';
  const sides = sidesOf(finding).filter(closed);
  if (sides.length === 0) return 'low';
  if (sides.every(shows)) return 'high';
  return sides.every(({ probability }) => probability >= 0.8) ? 'medium' : 'low';
}

/** Evidence that shows, and does not only suggest. */
function shows({ probability, trials }: Side): boolean {
  return probability >= sure && trials.length > 1;
}

function sideEvidence(side: Side, where: Hint['where'], wording: Wording): SideEvidence {
  const { beyond, trials, ended, stopped } = side;
  return {
    sentence: sideSentence(side, where, wording),
    trials,
    beyond,
    rise: ended.rise ?? stopped.rise,
  };
}

function placeOf(beyond: ParamValue, where: Hint['where']): string {
  const value = valueText(beyond);
  return where === 'below' ? `Below ${value}` : where === 'above' ? `Above ${value}` : `With ${value}`;
}

/** `Below 4 validation loss rose by 0.091 (trials 0 and 7), and by 0.596 where stopped early (trial 3); this suggests too little.` */
function sideSentence(side: Side, where: Hint['where'], { objective: { title, direction } }: Wording): string {
  const place = placeOf(side.beyond, where);
  const { ended, stopped, diverged } = side;
  const moved = direction === 'minimize' ? 'rose' : 'fell';
  const parts: string[] = [];
  if (ended.rise !== null) parts.push(`by ${loss(Math.abs(ended.rise))} (${trialList(ended.trials)})`);
  if (stopped.rise !== null) {
    const share = `at ${shareText(stopped.shares)} of the schedule`;
    parts.push(`by ${loss(Math.abs(stopped.rise))} ${share} (${trialList(stopped.trials)}, stopped there)`);
  }
  if (side.early) {
    const catchUp = side.trials.length === 1 ? 'it would have caught up' : 'they would have caught up';
    return `${place} runs fell behind, ${list(parts)}; whether ${catchUp} is open.`;
  }
  if (parts.length + diverged.length === 0) {
    return `${place} it is worse with 90 % certainty (${trialList(side.trials)}); this ${shows(side) ? 'shows' : 'suggests'} ${what[where]}.`;
  }
  const events = [
    ...(parts.length > 0 ? [`${title} ${moved} ${parts.join(', and ')}`] : []),
    ...(diverged.length > 0 ? [`${diverged.length === 1 ? 'a run' : 'runs'} diverged (${trialList(diverged)})`] : []),
  ];
  return `${place} ${events.join(', and ')}; this ${shows(side) ? 'shows' : 'suggests'} ${what[where]}.`;
}

const what = { below: 'too little', above: 'too much', choice: 'that it is worse' } as const;

function shareText({ least, most }: Side['stopped']['shares']): string {
  const write = (share: number) => `${Math.round(100 * share)} %`;
  return least === most ? write(least) : `${write(least)} to ${write(most)}`;
}

function sentenceOf(verdict: VerdictKind, finding: Finding | null, value: ParamValue, wording: Wording): string {
  const chosen = valueText(value);
  if (!finding || verdict === 'not-tested') return `Not tested: every trial used ${chosen}.`;
  const tested = testedText(finding.tested);
  const { title } = wording.objective;
  if (verdict === 'no-effect-seen') {
    return `Makes no difference here: with ${tested}, ${title} ends within ${loss(wording.noise)} of the chosen, which is noise.`;
  }
  if (verdict === 'uncertain') return uncertainSentence(finding, tested, wording);
  if (finding.zone && 'choices' in finding.zone) return choiceSentence(finding, chosen, title);
  return rangeSentence(verdict, finding, value as number, wording);
}

function rangeSentence(verdict: VerdictKind, finding: Finding, value: number, wording: Wording): string {
  const { low, high } = finding.zone as { low: number; high: number };
  const range = low === high ? `${plain(low)} only` : `about ${plain(low)} to ${plain(high)}`;
  if (verdict === 'just-right' || (finding.low && finding.high)) return `Just right: ${range}.`;
  const early = [finding.low, finding.high].some((side) => side?.early) ? ', by how runs start' : '';
  return finding.low
    ? `Just right from about ${plain(low)}${early}; no certain upper edge up to ${plain(high)}.${openSide(finding, 'above', value, wording)}`
    : `Just right up to about ${plain(high)}${early}; no certain lower edge down to ${plain(low)}.${openSide(finding, 'below', value, wording)}`;
}

function openSide(finding: Finding, side: 'below' | 'above', value: number, wording: Wording): string {
  const there = (finding.comparability?.pairs ?? []).filter(({ values: [from, to] }) =>
    side === 'above' ? (from as number) >= value : (to as number) <= value,
  );
  return `${pairsText(there, wording)}${openText(finding, [side])}`;
}

function choiceSentence({ zone, otherChoices }: Finding, chosen: string, title: string): string {
  const { choices } = zone as { choices: ParamValue[] };
  if (choices.length === 1) return `The best ${title} came with ${chosen}.`;
  const behind = otherChoices.filter(({ early }) => early).map(({ beyond }) => beyond);
  const even = choices.filter((choice) => !behind.includes(choice)).map(valueText);
  return even.length === 1 ? `${chosen} is ahead so far.` : `The trials don't tell ${list(even)} apart.`;
}

/** What was tried, why that does not tell, the closest comparison there is, and what would settle it. */
function uncertainSentence(finding: Finding, tested: string, wording: Wording): string {
  const { comparability, comparableTrials } = finding;
  if (!comparability) return `Can't tell: ${tested} tried in ${comparableTrials} comparable trials; it takes four.`;
  const along = comparability.movedAlong;
  const reason = along ? `${wording.nameOf(along)} moved along` : 'other settings changed with it';
  return `Can't tell yet with ${tested} tried: ${reason}.${pairsText(comparability.pairs, wording)}${openText(finding, ['below', 'above'])}`;
}

function pairsText(pairs: readonly Pair[], wording: Wording): string {
  if (pairs.length === 0) return '';
  return ` Trials otherwise most alike: ${pairs.map((pair) => pairText(pair, wording)).join('; ')}.`;
}

/** `0.013 higher with 6 (trial 13) than with 3 (trial 7), within noise`. */
function pairText({ trials: [a, b], values, difference, share }: Pair, { objective, noise }: Wording): string {
  const [from, to] = values.map(valueText);
  const where = share < 1 ? ` at ${Math.round(100 * share)} % of the schedule` : '';
  const more = difference > 0 === (objective.direction === 'minimize') ? 'higher' : 'lower';
  const within = Math.abs(difference) <= noise ? ', within noise' : '';
  return `${objective.title} ${loss(Math.abs(difference))} ${more} with ${to} (trial ${b}) than with ${from} (trial ${a})${where}${within}`;
}

/** What the open sides look like, short of evidence, and the run that would settle the more open one. */
function openText({ comparability, hints }: Finding, sides: ('below' | 'above')[]): string {
  const told = hints.filter(({ where }) => where === 'choice' || sides.includes(where)).map(hintText);
  const values = sides.map((side) => comparability?.farthest[side]).filter((value) => value != null);
  const runs = [...new Set(values.map(valueText))].join(' or ');
  const settling = runs === '' ? [] : [`A run of the chosen settings with ${runs} would tell.`];
  return [...told, ...settling].map((sentence) => ` ${sentence}`).join('');
}

function hintText({ side, where }: Hint): string {
  const rises = [side.ended, side.stopped].filter(({ rise }) => rise !== null);
  const seen = rises.map(({ rise, trials }) => `${loss(Math.abs(rise!))} (${trialList(trials)})`);
  const what = seen.length > 0 ? `was worse by ${list(seen)}` : `diverged (${trialList(side.diverged)})`;
  return `${placeOf(side.beyond, where)} it ${what}, but other settings may have made that.`;
}

function testedText(tested: ParamValue[]): string {
  const numbers = tested.filter((value) => typeof value === 'number');
  if (numbers.length < tested.length || tested.length <= 3) return list(tested.map(valueText));
  return `${plain(numbers[0]!)} to ${plain(numbers.at(-1)!)}`;
}

export function valueText(value: ParamValue): string {
  if (typeof value === 'number') return plain(value);
  return value === null ? 'none' : String(value);
}

// Says in a sentence what the trials showed of one hyperparameter, and how sure that is.
import type { Hyperparameter, ParamValue, SideEvidence, VerdictKind } from '@goldilocks/protocol';
import { list, loss, plain, trialList } from './numbers.js';
import type { Direction } from './observations.js';
import type { Finding, Side } from './zones.js';

export interface Objective {
  /** As in the middle of a sentence: `validation loss`. */
  title: string;
  direction: Direction;
}

export type Judgement = Pick<Hyperparameter, 'verdict' | 'confidence' | 'sentence' | 'evidence'>;

/** `finding` is null for a hyperparameter that no trial varied. `value` is the chosen one. */
export function judge(finding: Finding | null, value: ParamValue, objective: Objective): Judgement {
  const evidence = {
    tooLittle: finding?.low ? sideEvidence(finding.low, 'below', objective) : null,
    tooMuch: finding?.high ? sideEvidence(finding.high, 'above', objective) : null,
    otherChoices: finding?.otherChoices.map((side) => sideEvidence(side, 'choice', objective)) ?? [],
  };
  const verdict = verdictOf(finding);
  return {
    verdict,
    confidence: confidenceOf(verdict, finding),
    sentence: sentenceOf(verdict, finding, value, objective),
    evidence,
  };
}

function verdictOf(finding: Finding | null): VerdictKind {
  if (!finding || finding.tested.length < 2) return 'not-tested';
  if (!finding.zone) return 'uncertain';
  if (finding.otherChoices.length > 0) return 'just-right';
  const { low, high, atLeastPossible, atMostPossible } = finding;
  if (low || high) return (low || atLeastPossible) && (high || atMostPossible) ? 'just-right' : 'one-side';
  return finding.largestEffect < 1 && finding.largestProbability < 0.25 ? 'no-effect-seen' : 'uncertain';
}

function confidenceOf(verdict: VerdictKind, finding: Finding | null): Hyperparameter['confidence'] {
  if (!finding || verdict === 'not-tested') return 'none';
  if (verdict === 'uncertain') return 'low';
  if (verdict === 'no-effect-seen') {
    return finding.largestProbability < 0.1 ? 'high' : finding.largestProbability < 0.17 ? 'medium' : 'low';
  }
  const sides = [finding.low, finding.high, ...finding.otherChoices].filter((side) => side !== null);
  const probability = Math.min(...sides.map((side) => side.probability));
  if (probability >= 0.95 && sides.every((side) => side.trials.length > 1)) return 'high';
  return probability >= 0.85 ? 'medium' : 'low';
}

function sideEvidence(side: Side, where: 'below' | 'above' | 'choice', objective: Objective): SideEvidence {
  return {
    sentence: `${placeOf(side.beyond, where)} ${whatHappened(side, objective)} (${trialList(side.trials)}).`,
    trials: side.trials,
    beyond: side.beyond,
    rise: side.rise,
  };
}

function placeOf(beyond: ParamValue, where: 'below' | 'above' | 'choice'): string {
  const value = valueText(beyond);
  return where === 'below' ? `Below ${value}` : where === 'above' ? `Above ${value}` : `With ${value}`;
}

function whatHappened({ rise, diverged, trials }: Side, { title, direction }: Objective): string {
  if (rise === null) return trials.length === 1 ? 'the run diverged' : 'the runs diverged';
  const moved = `${title} was ${loss(Math.abs(rise))} ${rise >= 0 === (direction === 'minimize') ? 'higher' : 'lower'}`;
  if (diverged === 0) return moved;
  return `${moved}, and ${diverged === 1 ? 'one run' : `${diverged} runs`} diverged`;
}

function sentenceOf(verdict: VerdictKind, finding: Finding | null, value: ParamValue, { title }: Objective): string {
  const chosen = valueText(value);
  if (!finding || verdict === 'not-tested') return `Not tested: every trial used ${chosen}.`;
  const tested = testedText(finding.tested);
  if (verdict === 'no-effect-seen') return `No effect seen: over ${tested}, ${title} stayed within noise.`;
  if (verdict === 'uncertain') {
    const seen =
      finding.largestProbability >= 0.5
        ? 'a difference shows, but noise or the other settings may have made it'
        : 'no difference stands out from noise and from the other settings';
    return `Not clear: ${tested} tried in ${finding.comparableTrials} comparable trials; ${seen}.`;
  }
  if (finding.zone && 'choices' in finding.zone) return choiceSentence(finding.zone.choices, chosen, title);
  const zone = finding.zone as { low: number; high: number };
  const range = zone.low === zone.high ? `${plain(zone.low)} only` : `${plain(zone.low)} to ${plain(zone.high)}`;
  const open = finding.low || finding.atLeastPossible ? 'Higher' : 'Lower';
  const caveat = verdict === 'one-side' ? ` ${open} values were not tested far enough to tell.` : '';
  return `Within noise of the best: ${range}.${caveat}`;
}

function choiceSentence(choices: ParamValue[], chosen: string, title: string): string {
  if (choices.length === 1) return `The best ${title} came with ${chosen}.`;
  return `Within noise of the best: ${list(choices.map(valueText))}.`;
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

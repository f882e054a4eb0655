// What is certain of each hyperparameter's zone, by the study's model of the search: surely as good, surely worse, can't tell yet.
import type { CertainZone, ReportTrial } from '@goldilocks/protocol';
import { type ParameterZone, zones } from '@goldilocks/study';
import type { SearchedParameter } from './axis-scale.js';
import { significant } from './numbers.js';
import { studyTrials } from './study-trials.js';

export interface CertainZonesInput {
  parameters: readonly SearchedParameter[];
  trials: readonly ReportTrial[];
  incumbent: number;
  direction: 'minimize' | 'maximize';
  /** How much worse than the chosen settings still counts as good as they are. */
  noise: number;
}

/** As for the verdicts. */
const fewestTrials = 4;

/** By name, of those that trials varied; none where too few trials came to their end. */
export function certainZones(input: CertainZonesInput): Map<string, CertainZone | null> {
  const { trials, shares } = studyTrials(input.parameters, input.trials);
  const names = Object.keys(trials[0]?.distributions ?? {});
  const isThere = trials.some(({ number, state }) => number === input.incumbent && state === 'COMPLETE');
  // A trial that a person stopped may have no value yet.
  const measured = trials.filter(({ values, intermediateValues }) => {
    return [...(values ?? []), ...intermediateValues.values()].some(Number.isFinite);
  });
  if (measured.length < fewestTrials || names.length === 0 || !isThere)
    return new Map(names.map((name) => [name, null]));
  const { direction, incumbent, noise: margin } = input;
  const found = zones(trials, { direction, incumbent, margin, shares });
  return new Map(
    found.parameters.map((zone) => {
      const parameter = input.parameters.find(({ name }) => name === zone.name)!;
      return [zone.name, certainZone(zone, parameter)];
    }),
  );
}

function certainZone(zone: ParameterZone, parameter: SearchedParameter): CertainZone | null {
  if (zone.isOpen) return null;
  if (zone.kind === 'choices') {
    const named = (verdict: string) =>
      zone.choices.filter((one) => one.verdict === verdict).map(({ choice }) => choice);
    return { inside: named('inside'), worse: named('outside'), open: named('open') } as CertainZone;
  }
  const axis = new CertainAxis(parameter);
  const { low, high, value } = zone;
  const least = Math.min(axis.rounded(low.inside, 'up'), value as number);
  const most = Math.max(axis.rounded(high.inside, 'down'), value as number);
  const below = axis.rounded(low.outside, axis.isOfChoices ? 'up' : 'down');
  const above = axis.rounded(high.outside, axis.isOfChoices ? 'down' : 'up');
  return {
    inside: least < most ? { low: least, high: most } : null,
    tooLittle: low.isOpen || below <= axis.low ? null : { below, trials: [...low.evidence] },
    tooMuch: high.isOpen || above >= axis.high ? null : { above, trials: [...high.evidence] },
  };
}

/** Rounds what is certain so that no more is said than is. */
class CertainAxis {
  readonly low: number;
  readonly high: number;
  readonly #choices: readonly number[] | null;

  constructor({ searched }: SearchedParameter) {
    this.#choices = searched !== null && 'choices' in searched ? (searched.choices as number[]) : null;
    const limits = this.#choices ?? (searched !== null && 'low' in searched ? [searched.low, searched.high] : []);
    this.low = Math.min(...limits);
    this.high = Math.max(...limits);
  }

  get isOfChoices(): boolean {
    return this.#choices !== null;
  }

  /** To one of the choices, where there are some, else to two digits. */
  rounded(value: number, to: 'up' | 'down'): number {
    if (this.#choices !== null) {
      const beyond = this.#choices.filter((choice) => (to === 'up' ? choice >= value : choice <= value));
      return to === 'up' ? Math.min(...beyond) : Math.max(...beyond);
    }
    if (value === 0 || Number.isInteger(value)) return value;
    const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
    const steps = significant(value / step, 6);
    return significant((to === 'up' ? Math.ceil(steps) : Math.floor(steps)) * step, 2);
  }
}

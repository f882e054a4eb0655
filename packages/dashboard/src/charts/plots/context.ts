// What the plots of a study share.
import type { ParamColumn } from '@goldilocks/protocol/page';
import { paramColumn, valueColumn } from '../../filter/columns.js';
import type { Condition } from '../../filter/where.js';

export interface PlotContext {
  /** Whether a trial is shown: the filter of the address. */
  passes: (trial: number) => boolean;
  objective: number;
  objectiveTitle: string;
  recommended: number | null;
  /** The best trial so far, to be marked. */
  best: number | null;
  params: readonly ParamColumn[];
  log: boolean;
  /** Whether far-off values are cut from the axis. */
  capped: boolean;
}

export function paramTitle({ params }: PlotContext, name: string): string {
  return params.find((column) => column.name === name)?.title ?? name;
}

export function valueConditions({ objective }: PlotContext, low: number, high: number): Condition[] {
  return [{ column: valueColumn(objective), low: round(low), high: round(high) }];
}

/** Of a parameter's axis: an interval, or on a category axis the choices that lie in it. */
export function paramConditions(name: string, choices: readonly string[] | null, ends: readonly number[]): Condition[] {
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (!choices) return [{ column: paramColumn(name), low: round(low), high: round(high) }];
  const oneOf = choices.filter((_, i) => i >= low - 0.5 && i <= high + 0.5);
  return oneOf.length === 0 ? [] : [{ column: paramColumn(name), oneOf }];
}

/** Short in the address: four digits are what a hand can point at. */
const round = (value: number) => Number(value.toPrecision(4));

// Axes as the page draws them: quiet, behind the data.
import type { Axis } from '@goldilocks/protocol/page';
import { count, plain, readable } from '../format.js';
import type { Colors } from './colors.js';

export const chartFont = 'system-ui, sans-serif';

export function base(colors: Colors) {
  return {
    animation: false,
    textStyle: { fontFamily: chartFont, color: colors.ink },
    // Drawn into the canvas: text of data and models is never HTML.
    tooltip: {
      renderMode: 'richText' as const,
      backgroundColor: colors.raised,
      borderColor: colors['line-strong'],
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: colors.ink, fontSize: 13, fontFamily: chartFont },
      confine: true,
    },
  };
}

export function quiet(colors: Colors) {
  return {
    axisLine: { lineStyle: { color: colors['line-strong'] } },
    axisTick: { show: false },
    axisLabel: { color: colors.muted, fontSize: 12, hideOverlap: true },
    nameTextStyle: { color: colors.muted, fontSize: 12 },
    splitLine: { lineStyle: { color: colors.line } },
    minorSplitLine: { show: false },
  };
}

/** A name above a vertical axis, flush with its left edge. */
export function titleAbove(name: string, colors: Colors, left = 0) {
  return {
    name,
    nameGap: 12,
    nameTextStyle: { color: colors.muted, fontSize: 12, align: 'left' as const, padding: [0, 0, 0, -left] },
  };
}

export function titleBelow(name: string, colors: Colors) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: 30,
    nameTextStyle: { color: colors.muted, fontSize: 12 },
  };
}

/** An axis of the figures as one of ECharts. Ends that were computed are not written: they are no round numbers. */
export function axisOf(axis: Axis, colors: Colors) {
  const look = quiet(colors);
  const [min, max] = axis.range ?? [undefined, undefined];
  if (axis.scale === 'category') return { ...look, type: 'category' as const, data: (axis.labels ?? []).map(readable) };
  if (axis.scale === 'time') return { ...look, type: 'time' as const, min, max };
  const ends = axis.range ? { showMinLabel: false, showMaxLabel: false } : {};
  const isLog = axis.scale === 'log';
  // A logarithmic axis has room for positive numbers only.
  const positive = !isLog || min === undefined || min > 0;
  return {
    ...look,
    type: isLog ? ('log' as const) : ('value' as const),
    ...(isLog && { logBase: logBaseFor(min, max) }),
    scale: true,
    ...(positive && { min, max }),
    axisLabel: { ...look.axisLabel, ...(isLog ? {} : ends), formatter: (value: number) => axisNumber(value) },
  };
}

/** Powers of ten are too far apart for a short axis: it would have no number at all. */
export function logBaseFor(low: number | undefined, high: number | undefined): 2 | 10 {
  return low !== undefined && high !== undefined && low > 0 && high / low < 30 ? 2 : 10;
}

/** Choices that all have room for their names. */
export const MOST_NAMED = 6;

/** Long names of choices, parted where a hyphen allows it. */
export const parted = (name: string) => readable(name).replaceAll('-', '-\n');

const axisNumber = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? count(value) : plain(value, 3);

/** Ends that leave out diverged runs: the middle of the values and what lies near it. */
export function robustRange(values: readonly (number | null)[]): [number, number] | null {
  const sorted = Float64Array.from(
    values.filter((value) => value !== null && Number.isFinite(value)) as number[],
  ).sort();
  if (sorted.length === 0) return null;
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  const reach = 3 * (at(0.75) - at(0.25));
  const bottom = reach > 0 ? Math.max(low, at(0.25) - reach) : low;
  const top = reach > 0 ? Math.min(high, at(0.75) + reach) : high;
  const margin = (top - bottom || Math.abs(top) || 1) * 0.05;
  return [bottom - margin, top + margin];
}

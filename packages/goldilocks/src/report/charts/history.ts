// The search over time: every trial's objective, and the best so far.
import type { ReportTrial } from '@goldilocks/protocol';
import { goodRange } from './axis.js';
import { type ChartOption, colors, failedMark, quietAxis, titleAbove } from './render.js';

export interface HistoryInput {
  trials: readonly ReportTrial[];
  objective: { title: string; direction: 'minimize' | 'maximize' };
}

export function historyChart({ trials, objective }: HistoryInput): ChartOption {
  const complete = trials.filter(({ state, value }) => state === 'complete' && value !== null);
  const unfinished = trials.filter(({ state, value }) => (state === 'pruned' || state === 'paused') && value !== null);
  // A search so short that hardly any trial was left to end is shown with all it has.
  const scaled = complete.length < 3 ? [...complete, ...unfinished] : complete;
  const [low, high] = goodRange(scaled.map(({ value }) => value!));
  const inside = (value: number) => Math.min(Math.max(value, low), high);
  const lost = objective.direction === 'minimize' ? high : low;
  const points = (list: readonly ReportTrial[]) =>
    list.map(({ number, value }) => [number, value === null ? lost : inside(value)]);
  const dots = { type: 'scatter', z: 3 };
  return {
    grid: { left: 52, right: 20, top: 28, bottom: 40 },
    xAxis: {
      type: 'value',
      name: 'trial',
      nameLocation: 'middle',
      nameGap: 26,
      min: 0,
      max: 'dataMax',
      minInterval: 1,
      ...quietAxis,
      splitLine: { show: false },
    },
    yAxis: { type: 'value', min: low, max: high, ...quietAxis, ...titleAbove(objective.title, 52) },
    series: [
      {
        type: 'line',
        name: 'best so far',
        step: 'end',
        data: bestSoFar(complete, objective.direction, Math.max(...trials.map(({ number }) => number))),
        showSymbol: false,
        lineStyle: { color: colors.found, width: 2.5 },
        itemStyle: { color: colors.found },
      },
      { ...dots, name: 'complete', data: points(complete), symbolSize: 9, itemStyle: { color: colors.recommended } },
      {
        ...dots,
        name: 'stopped early',
        data: points(unfinished),
        symbolSize: 8,
        itemStyle: { color: colors.card, borderColor: colors.base, borderWidth: 2 },
      },
      {
        ...dots,
        name: 'failed',
        data: points(trials.filter(({ state }) => state === 'failed')),
        symbol: failedMark,
        symbolSize: 10,
        itemStyle: { color: colors.bad },
      },
    ],
  };
}

/** Steps down at each better trial, and goes on to the last one. */
function bestSoFar(
  complete: readonly ReportTrial[],
  direction: 'minimize' | 'maximize',
  last: number,
): [number, number][] {
  const points: [number, number][] = [];
  for (const { number, value } of [...complete].sort((a, b) => a.number - b.number)) {
    const best = points.at(-1)?.[1];
    const isBetter = best === undefined || (direction === 'minimize' ? value! < best : value! > best);
    points.push([number, isBetter ? value! : best]);
  }
  const end = points.at(-1);
  return end ? [...points, [last, end[1]]] : [];
}

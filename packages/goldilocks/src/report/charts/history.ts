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
  const [low, high] = goodRange(complete.map(({ value }) => value!));
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
        data: bestSoFar(complete, objective.direction),
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

function bestSoFar(complete: readonly ReportTrial[], direction: 'minimize' | 'maximize'): [number, number][] {
  let best: number | null = null;
  return [...complete]
    .sort((a, b) => a.number - b.number)
    .map(({ number, value }) => {
      if (best === null || (direction === 'minimize' ? value! < best : value! > best)) best = value!;
      return [number, best];
    });
}

// When did what run? Idle time, early stops and trials that hang.
import type { FigureOf } from '@goldilocks/protocol/page';
import { duration, moment } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, quiet, titleAbove } from '../axes.js';
import type { Colors } from '../colors.js';
import type { Drawing } from '../drawing.js';
import { trialPoints } from '../points.js';
import type { PlotContext } from './context.js';

type State = FigureOf<'timeline'>['bars'][number]['state'];

const tones: Record<State, keyof Colors> = {
  COMPLETE: 'recommended',
  PRUNED: 'zone',
  FAIL: 'bad',
  RUNNING: 'good',
  WAITING: 'base',
};

export function drawTimeline({ x, bars }: FigureOf<'timeline'>, context: PlotContext): Drawing {
  const shown = bars.filter(({ trial }) => context.passes(trial));
  const label = (i: number) => {
    const { trial, state, start, end } = shown[i]!;
    return `${text.plots.trialNumber(trial)}, ${text.trialStates[state]}\n${moment(start)}, ${duration((end - start) / 1000)}`;
  };
  const states = [...new Set(shown.map(({ state }) => state))];
  return {
    height: Math.min(640, Math.max(240, 70 + shown.length * 16)),
    legend: states.map((state) => ({ mark: 'bar', tone: tones[state], label: text.trialStates[state] })),
    option: ({ colors }) => ({
      grid: { left: 8, right: 24, top: 34, bottom: 28, containLabel: true },
      xAxis: { ...axisOf(x, colors), axisLine: { onZero: false, lineStyle: { color: colors['line-strong'] } } },
      yAxis: {
        type: 'value',
        inverse: true,
        minInterval: 1,
        ...quiet(colors),
        ...titleAbove(text.trials.number, colors),
        nameLocation: 'start',
        // Room for the whole of the first and the last bar.
        min: ({ min }: { min: number }) => min - 0.7,
        max: ({ max }: { max: number }) => max + 0.7,
        axisLabel: { ...quiet(colors).axisLabel, showMinLabel: false, showMaxLabel: false },
        splitLine: { show: false },
      },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => label(dataIndex) },
      series: {
        type: 'custom',
        progressive: 2000,
        progressiveThreshold: 4000,
        encode: { x: [0, 1], y: 2 },
        data: shown.map(({ start, end, trial, state }) => ({
          value: [start, end, trial],
          itemStyle: { color: colors[tones[state]] },
        })),
        renderItem: (_: unknown, api: CustomApi) => bar(api),
      },
    }),
    ...trialPoints(
      shown.map(({ trial }) => trial),
      label,
    ),
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        { title: text.trials.state },
        { title: text.trials.started },
        { title: text.plots.secondsColumn, number: true },
      ],
      rows: shown.map(({ trial, state, start, end }) => [
        trial,
        text.trialStates[state],
        new Date(start).toISOString(),
        (end - start) / 1000,
      ]),
    }),
  };
}

interface CustomApi {
  value: (i: number) => number;
  coord: (at: number[]) => number[];
  size: (size: number[]) => number[];
  visual: (name: 'color') => string;
}

function bar(api: CustomApi) {
  const [left, middle] = api.coord([api.value(0), api.value(2)]) as [number, number];
  const [right] = api.coord([api.value(1), api.value(2)]) as [number];
  const height = Math.max(1, Math.min(18, api.size([0, 1])[1]! * 0.8));
  const shape = { x: left, y: middle - height / 2, width: Math.max(2, right - left), height, r: height > 6 ? 3 : 0 };
  return { type: 'rect', shape, style: { fill: api.visual('color') } };
}

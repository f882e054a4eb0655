// Is it getting better? Each trial's value, and the best so far.
import type { FigureOf } from '@goldilocks/protocol/page';
import { measured } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, quiet, robustRange, titleAbove, titleBelow } from '../axes.js';
import { lineLook } from '../colors.js';
import type { Drawing } from '../drawing.js';
import { type PlotContext, valueConditions } from './context.js';
import { scatter } from './scatter.js';

export function drawHistory(figure: FigureOf<'history'>, context: PlotContext): Drawing {
  const series = figure.series.map((one, s) => {
    const rows = one.trials.flatMap((trial, i) => (s > 0 || context.passes(trial) ? [i] : []));
    const valued = rows.filter((i) => one.values[i] !== null);
    return { ...one, rows, valued };
  });
  const first = series[0];
  const ends = robustRange(series.flatMap(({ values, best }) => [...values, ...(best ?? [])]));
  const title = context.objectiveTitle;
  const label = (trial: number, value: number | null) => text.charts.point(trial, title, measured(value));
  return {
    height: 380,
    brush: 'rect',
    select: (selection) =>
      selection.kind === 'plane' ? historyConditions(selection.range as number[][], context) : null,
    legend:
      series.length > 1
        ? undefined!
        : [
            { mark: 'dot', tone: 'base', label: text.plots.trial },
            { mark: 'line', tone: 'found', label: text.plots.best },
            ...(context.recommended === null
              ? []
              : [{ mark: 'dashes' as const, tone: 'recommended' as const, label: text.plots.recommended }]),
          ],
    option: ({ colors, dark }) => ({
      grid: { left: 8, right: 20, top: 34, bottom: 40, containLabel: true },
      brush: { xAxisIndex: 0, yAxisIndex: 0, throttleType: 'debounce', transformable: false },
      xAxis: {
        type: 'value',
        scale: true,
        minInterval: 1,
        ...quiet(colors),
        ...titleBelow(text.trials.number, colors),
      },
      yAxis: {
        ...axisOf(
          { ...figure.y, range: context.capped ? ends : figure.y.range, scale: context.log ? 'log' : 'linear' },
          colors,
        ),
        ...titleAbove(title, colors),
      },
      tooltip: {
        formatter: ({ value, seriesName }: { value: [number, number]; seriesName: string }) =>
          `${series.length > 1 ? `${seriesName}\n` : ''}${label(value[0], value[1])}`,
      },
      series: series.flatMap((one, s) => {
        const look = series.length > 1 ? lineLook(s, dark) : { color: colors.found, type: 'solid' as const };
        return [
          {
            ...scatter(
              one.valued,
              (i) => one.trials[i],
              (i) => one.values[i],
            ),
            name: one.study,
            symbolSize: one.valued.length > 2000 ? 4 : 8,
            itemStyle: { color: series.length > 1 ? look.color : colors.base, opacity: 0.65 },
            markLine: s === 0 ? recommendedLine(context, colors.recommended) : undefined,
          },
          {
            type: 'line',
            name: one.study,
            step: 'end',
            showSymbol: false,
            silent: true,
            data: one.best ? corners(one.trials, one.best) : [],
            lineStyle: { ...look, width: 3 },
          },
        ];
      }),
    }),
    points: {
      count: first?.valued.length ?? 0,
      label: (i) => label(first!.trials[first!.valued[i]!]!, first!.values[first!.valued[i]!]!),
      trial: (i) => first!.trials[first!.valued[i]!]!,
      at: (i) => ({ seriesIndex: 0, dataIndex: i }),
    },
    trialOf: ({ seriesIndex, value }) => (seriesIndex === 0 ? (value as number[])[0]! : null),
    numbers: () => ({
      ofTrials: series.length === 1,
      columns: [
        ...(series.length > 1 ? [{ title: text.plots.study }] : []),
        { title: text.trials.number, number: true },
        { title, number: true },
        { title: text.plots.best, number: true },
      ],
      rows: series.flatMap((one) =>
        one.rows.map((i) => [
          ...(series.length > 1 ? [one.study] : []),
          one.trials[i]!,
          one.values[i]!,
          one.best?.[i] ?? null,
        ]),
      ),
    }),
  };
}

/** Where a line of steps turns, and its end. */
function corners(trials: readonly number[], best: readonly (number | null)[]): [number, number | null][] {
  return trials.flatMap((trial, i) =>
    i === best.length - 1 || best[i] !== best[i - 1] ? [[trial, best[i]!] as [number, number | null]] : [],
  );
}

function historyConditions([x, y]: number[][], context: PlotContext) {
  return [
    { column: 'number', low: Math.ceil(x![0]!), high: Math.floor(x![1]!) },
    ...valueConditions(context, y![0]!, y![1]!),
  ];
}

export function recommendedLine({ recommended }: PlotContext, color: string) {
  return recommended === null ? undefined : levelLine(recommended, color);
}

/** Across the chart, at a value. */
export function levelLine(value: number, color: string) {
  return {
    silent: true,
    symbol: 'none',
    // ECharts would round the place to two digits.
    precision: 12,
    label: { show: false },
    lineStyle: { color, type: 'dashed', width: 2 },
    data: [{ yAxis: value }],
  };
}

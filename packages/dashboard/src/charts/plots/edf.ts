// How many trials are that good? Of one study, or of several side by side.
import type { FigureOf } from '@goldilocks/protocol/page';
import { measured, percent } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, quiet, titleAbove, titleBelow } from '../axes.js';
import { lineLook } from '../colors.js';
import type { Drawing } from '../drawing.js';
import type { PlotContext } from './context.js';

export function drawEdf({ at, lines, x }: FigureOf<'edf'>, context: PlotContext): Drawing {
  const filled = lines.filter(({ shares }) => shares.length > 0);
  const label = (line: number, i: number) =>
    text.plots.shareBelow(percent(filled[line]!.shares[i] ?? 0), context.objectiveTitle, measured(at[i]));
  return {
    height: 380,
    option: ({ colors, dark }) => ({
      grid: { left: 8, right: 24, top: 34, bottom: 40, containLabel: true },
      xAxis: {
        ...axisOf({ ...x, scale: context.log ? 'log' : 'linear' }, colors),
        ...titleBelow(context.objectiveTitle, colors),
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        ...quiet(colors),
        ...titleAbove(text.plots.share, colors),
        axisLabel: { color: colors.muted, formatter: (value: number) => percent(value) },
      },
      tooltip: {
        trigger: 'axis',
        formatter: (params: { seriesIndex: number; dataIndex: number; seriesName: string }[]) =>
          params
            .map(
              ({ seriesIndex, dataIndex, seriesName }) =>
                `${filled.length > 1 ? `${seriesName}: ` : ''}${label(seriesIndex, dataIndex)}`,
            )
            .join('\n'),
      },
      series: filled.map(({ study, shares }, s) => ({
        type: 'line',
        name: study,
        step: 'end',
        showSymbol: false,
        data: at.map((value, i) => [value, shares[i]]),
        lineStyle: { width: 3, ...lineLook(s, dark) },
        itemStyle: { color: lineLook(s, dark).color },
        endLabel: { show: filled.length > 1, formatter: '{a}', color: colors.ink },
      })),
    }),
    points: {
      count: filled.length === 0 ? 0 : at.length,
      label: (i) => label(0, i),
      trial: () => null,
      at: (i) => ({ seriesIndex: 0, dataIndex: i }),
    },
    numbers: () => ({
      columns: [
        { title: context.objectiveTitle, number: true },
        ...filled.map(({ study }) => ({ title: study, number: true })),
      ],
      rows: at.map((value, i) => [value, ...filled.map(({ shares }) => shares[i] ?? null)]),
    }),
  };
}

// Which setting matters? Shares of what the good trials' differences come from.
import type { FigureOf } from '@goldilocks/protocol/page';
import { percent } from '../../format.js';
import { text } from '../../text.js';
import { quiet } from '../axes.js';
import { lineLook } from '../colors.js';
import type { Drawing } from '../drawing.js';
import { type PlotContext, paramTitle } from './context.js';

export function drawImportances({ bars }: FigureOf<'importances'>, context: PlotContext): Drawing {
  const names = [...new Set(bars.flatMap(({ params }) => params))];
  const share = (bar: (typeof bars)[number], name: string) => bar.importances[bar.params.indexOf(name)] ?? null;
  const flat = bars.flatMap((bar, b) => names.map((name, n) => ({ bar, b, name, n })));
  const label = ({ bar, name }: (typeof flat)[number]) => {
    const value = share(bar, name);
    const title = bars.length > 1 ? `, ${bar.target.name}` : '';
    return `${paramTitle(context, name)}${title}: ${value === null ? '—' : percent(value, 1)}`;
  };
  return {
    height: 60 + names.length * (bars.length > 1 ? 24 + 16 * bars.length : 40),
    option: ({ colors, dark }) => ({
      grid: { left: 8, right: 64, top: 8, bottom: 30, containLabel: true },
      xAxis: {
        type: 'value',
        max: 1,
        ...quiet(colors),
        axisLabel: { color: colors.muted, formatter: (value: number) => percent(value) },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names.map((name) => paramTitle(context, name)),
        ...quiet(colors),
        axisLabel: { color: colors.ink, fontSize: 13, width: 150, overflow: 'break' },
        splitLine: { show: false },
      },
      tooltip: {
        formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) =>
          label({ bar: bars[seriesIndex]!, b: seriesIndex, name: names[dataIndex]!, n: dataIndex }),
      },
      series: bars.map((bar, b) => ({
        type: 'bar',
        name: bar.target.name,
        barMaxWidth: 24,
        data: names.map((name) => share(bar, name)),
        itemStyle: { color: bars.length > 1 ? lineLook(b, dark).color : colors.found, borderRadius: [0, 5, 5, 0] },
        label: {
          show: true,
          position: 'right',
          color: colors.ink,
          formatter: ({ value }: { value: number }) => percent(value, 1),
        },
      })),
    }),
    points: {
      count: flat.length,
      label: (k) => label(flat[k]!),
      trial: () => null,
      at: (k) => ({ seriesIndex: flat[k]!.b, dataIndex: flat[k]!.n }),
    },
    numbers: () => ({
      columns: [
        { title: text.plots.setting },
        ...bars.map(({ target }) => ({ title: bars.length > 1 ? target.name : text.plots.importance, number: true })),
      ],
      rows: names.map((name) => [paramTitle(context, name), ...bars.map((bar) => share(bar, name))]),
    }),
  };
}

// What does new skill cost in old skill? Trials that no other beats in both, and the rest.
import type { Axis, FigureOf } from '@goldilocks/protocol/page';
import { measured } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, titleAbove, titleBelow } from '../axes.js';
import type { Drawing } from '../drawing.js';
import { type PlotContext, valueConditions } from './context.js';
import { levelLine } from './history.js';

export function drawPareto({ axes, trials, values, kinds, base }: FigureOf<'pareto'>, context: PlotContext): Drawing {
  const [x, y] = axes;
  const rows = trials.flatMap((trial, i) =>
    context.passes(trial) && values[0]![i] !== null && values[1]![i] !== null ? [i] : [],
  );
  const dominated = rows.filter((i) => kinds[i] !== 'best');
  const front = rows.filter((i) => kinds[i] === 'best').sort((a, b) => values[0]![a]! - values[0]![b]!);
  const sentence = (i: number) =>
    [text.plots.trialNumber(trials[i]!), ...axes.map(({ label }, k) => `${label}: ${measured(values[k]![i])}`)].join(
      '\n',
    );
  const at = (seriesIndex: number, dataIndex: number) => (seriesIndex === 0 ? dominated : front)[dataIndex]!;
  const walk = [...front, ...dominated];
  const recommended = context.recommended === null ? [] : rows.filter((i) => trials[i] === 0);
  const place = (i: number) => [values[0]![i], values[1]![i]];
  return {
    height: 400,
    brush: 'lineX',
    select: (selection) => {
      if (selection.kind !== 'plane') return null;
      const [low, high] = selection.range as number[];
      return valueConditions({ ...context, objective: 0 }, low!, high!);
    },
    legend: [
      { mark: 'line', tone: 'found', label: text.plots.front },
      { mark: 'dot', tone: 'base', label: text.plots.dominated },
      ...(recommended.length === 0
        ? []
        : [{ mark: 'ring' as const, tone: 'recommended' as const, label: text.plots.recommended }]),
      ...(base === null ? [] : [{ mark: 'dashes' as const, tone: 'base' as const, label: text.plots.baseModel }]),
    ],
    option: ({ colors }) => ({
      grid: { left: 8, right: 28, top: 34, bottom: 40, containLabel: true },
      brush: { xAxisIndex: 0, throttleType: 'debounce', transformable: false },
      xAxis: { ...axisOf(x!, colors), ...titleBelow(x!.label, colors) },
      yAxis: { ...axisOf(withRoomFor(y!, base), colors), ...titleAbove(y!.label, colors) },
      tooltip: {
        formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) =>
          sentence(at(seriesIndex, dataIndex)),
      },
      series: [
        {
          type: 'scatter',
          symbolSize: rows.length > 2000 ? 4 : 9,
          data: dominated.map(place),
          itemStyle: { color: colors.base, opacity: 0.6 },
          markLine: base === null ? undefined : levelLine(base, colors.base),
        },
        {
          type: 'line',
          step: 'end',
          symbol: 'diamond',
          symbolSize: 13,
          data: front.map(place),
          itemStyle: { color: colors.found },
          lineStyle: { color: colors.found, width: 2 },
        },
        {
          type: 'scatter',
          silent: true,
          symbolSize: 22,
          data: recommended.map(place),
          itemStyle: { color: 'transparent', borderColor: colors.recommended, borderWidth: 2, opacity: 1 },
        },
      ],
    }),
    points: {
      count: walk.length,
      label: (k) => sentence(walk[k]!).replaceAll('\n', ', '),
      trial: (k) => trials[walk[k]!]!,
      at: (k) =>
        k < front.length ? { seriesIndex: 1, dataIndex: k } : { seriesIndex: 0, dataIndex: k - front.length },
    },
    trialOf: ({ seriesIndex, dataIndex }) => trials[at(seriesIndex!, dataIndex)] ?? null,
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        ...axes.map(({ label }) => ({ title: label, number: true })),
        { title: text.plots.front },
      ],
      rows: rows.map((i) => [
        trials[i]!,
        ...axes.map((_, k) => values[k]![i]!),
        kinds[i] === 'best' ? text.yes : text.no,
      ]),
    }),
  };
}

/** The axis, long enough for one more value. */
function withRoomFor(axis: Axis, value: number | null): Axis {
  if (value === null || axis.range === null) return axis;
  const [low, high] = axis.range;
  const margin = 0.05 * (Math.max(high, value) - Math.min(low, value));
  return { ...axis, range: [Math.min(low, value - margin), Math.max(high, value + margin)] };
}

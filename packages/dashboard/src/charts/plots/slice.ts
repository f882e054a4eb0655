// Which value is good? The objective against each setting by itself.
import type { FigureOf } from '@goldilocks/protocol/page';
import { measured, plain, readable } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, MOST_NAMED, parted, robustRange, titleBelow } from '../axes.js';
import type { Colors } from '../colors.js';
import type { Drawing } from '../drawing.js';
import { type PlotContext, paramConditions, paramTitle, valueConditions } from './context.js';
import { scatter } from './scatter.js';

const PANEL = 250;

const choiceLabels = (colors: Colors, labels: readonly string[]) => ({
  axisLabel: { color: colors.muted, fontSize: 11, lineHeight: 12, interval: 0, formatter: parted },
  ...(labels.some((label) => label.includes('-')) && { nameGap: 46 }),
});

/** What sets a trial's point apart from the others. */
type Look = 'plain' | 'infeasible' | 'recommended' | 'best';
const looks: readonly Look[] = ['plain', 'infeasible', 'recommended', 'best'];

/** Null where no setting varies. */
export function drawSlice(figure: FigureOf<'slice'>, context: PlotContext): Drawing | null {
  const panels = figure.panels
    .filter(({ x }) => new Set(x.values).size > 1)
    .map((panel) => ({ ...panel, rows: panel.trials.flatMap((trial, i) => (context.passes(trial) ? [i] : [])) }));
  if (panels.length === 0) return null;
  // One series for each look of each panel.
  const groups = panels.flatMap(({ rows, trials, feasible }, p) => {
    const shown = rows.map((i) => lookOf(trials[i]!, feasible[i]!, context));
    return looks
      .map((look) => ({ p, look, rows: rows.filter((_, k) => shown[k] === look) }))
      .filter((group) => group.rows.length > 0);
  });
  const ends = robustRange(panels.flatMap(({ y }) => y));
  const across = (width: number) => Math.max(1, Math.min(panels.length, Math.floor(width / 260)));
  const write = (p: number, i: number) => {
    const { x } = panels[p]!;
    const value = x.values[i] ?? null;
    if (value === null) return '—';
    return x.labels ? readable(x.labels[value]!) : plain(value);
  };
  const sentence = (p: number, i: number) =>
    `${text.charts.point(panels[p]!.trials[i]!, context.objectiveTitle, measured(panels[p]!.y[i]))}\n${paramTitle(context, panels[p]!.x.label)}: ${write(p, i)}`;
  const flat = groups.flatMap(({ p, rows }, seriesIndex) =>
    rows.map((i, dataIndex) => ({ p, i, seriesIndex, dataIndex })),
  );
  return {
    height: (width) => Math.max(1, Math.ceil(panels.length / across(width))) * PANEL,
    brush: 'rect',
    select: (selection) => {
      if (selection.kind !== 'plane') return null;
      const { x } = panels[selection.grid] ?? panels[0]!;
      const [horizontal, vertical] = selection.range as number[][];
      return [
        ...paramConditions(x.label, x.labels, horizontal!),
        ...valueConditions(context, vertical![0]!, vertical![1]!),
      ];
    },
    legend: [
      { mark: 'dot', tone: 'base', label: text.plots.trial },
      { mark: 'dot', tone: 'found', label: text.plots.bestTrial },
      { mark: 'dot', tone: 'recommended', label: text.plots.recommended },
    ],
    option: ({ colors, width }) => {
      const columns = across(width);
      const cell = (p: number) => ({ column: p % columns, line: Math.floor(p / columns) });
      const unit = width / columns;
      return {
        brush: {
          xAxisIndex: 'all',
          yAxisIndex: 'all',
          throttleType: 'debounce',
          throttleDelay: 300,
          transformable: false,
        },
        grid: panels.map((_, p) => ({
          left: cell(p).column * unit + 4,
          width: unit - 22,
          top: cell(p).line * PANEL + 14,
          height: PANEL - 62,
          containLabel: true,
        })),
        xAxis: panels.map(({ x }, p) => ({
          gridIndex: p,
          ...axisOf(x, colors),
          ...titleBelow(paramTitle(context, x.label), colors),
          nameTextStyle: { color: colors.ink, fontSize: 12 },
          splitLine: { show: false },
          splitNumber: 3,
          ...(x.labels && x.labels.length <= MOST_NAMED && choiceLabels(colors, x.labels)),
        })),
        yAxis: panels.map((_, p) => ({
          gridIndex: p,
          ...axisOf(
            { ...figure.y, range: context.capped ? ends : figure.y.range, scale: context.log ? 'log' : 'linear' },
            colors,
          ),
          splitNumber: 4,
        })),
        tooltip: {
          formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) =>
            sentence(groups[seriesIndex]!.p, groups[seriesIndex]!.rows[dataIndex]!),
        },
        series: groups.map(({ p, look, rows }) => ({
          ...scatter(
            rows,
            (i) => panels[p]!.x.values[i],
            (i) => panels[p]!.y[i],
          ),
          xAxisIndex: p,
          yAxisIndex: p,
          ...symbolOf(look, panels[p]!.rows.length > 2000, colors),
        })),
      };
    },
    points: {
      count: flat.length,
      label: (k) => sentence(flat[k]!.p, flat[k]!.i).replaceAll('\n', ', '),
      trial: (k) => panels[flat[k]!.p]!.trials[flat[k]!.i]!,
      at: (k) => flat[k]!,
    },
    trialOf: ({ seriesIndex, dataIndex }) => {
      const group = groups[seriesIndex!];
      return group ? (panels[group.p]!.trials[group.rows[dataIndex]!] ?? null) : null;
    },
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        { title: text.plots.setting },
        { title: text.plots.value },
        { title: context.objectiveTitle, number: true },
      ],
      rows: flat.map(({ p, i }) => [
        panels[p]!.trials[i]!,
        paramTitle(context, panels[p]!.x.label),
        write(p, i),
        panels[p]!.y[i]!,
      ]),
    }),
  };
}

function lookOf(trial: number, feasible: boolean, { best, recommended }: PlotContext): Look {
  if (trial === best) return 'best';
  if (trial === 0 && recommended !== null) return 'recommended';
  return feasible ? 'plain' : 'infeasible';
}

function symbolOf(look: Look, many: boolean, colors: Colors) {
  if (look === 'best') return { symbolSize: 13, itemStyle: { color: colors.found }, z: 3 };
  if (look === 'recommended')
    return { symbol: 'diamond', symbolSize: 13, itemStyle: { color: colors.recommended }, z: 3 };
  const itemStyle = { color: colors.base, opacity: many ? 0.4 : 0.7 };
  return { symbol: look === 'plain' ? 'circle' : 'emptyCircle', symbolSize: many ? 3 : 8, itemStyle };
}

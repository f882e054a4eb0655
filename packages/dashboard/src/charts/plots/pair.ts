// Do two settings depend on each other? Trials over a pair, with the map in between (contour) or coloured by rank.
import type { FigureOf, ValuedAxis } from '@goldilocks/protocol/page';
import { measured, plain, readable } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, titleAbove, titleBelow } from '../axes.js';
import { type Colors, over, scaleColor } from '../colors.js';
import type { Drawing } from '../drawing.js';
import { trialPoints } from '../points.js';
import { type PlotContext, paramConditions, paramTitle } from './context.js';
import { goodness } from './goodness.js';

interface Pair {
  x: ValuedAxis;
  y: ValuedAxis;
  trials: readonly number[];
  targets: readonly (number | null)[];
  direction: 'minimize' | 'maximize' | null;
}

/** The axes that the address asks for, else the first two that vary. */
export function chosenPair<Axis extends ValuedAxis>(
  axes: readonly Axis[],
  x?: string,
  y?: string,
): [Axis, Axis] | null {
  const varying = axes.filter(({ values }) => new Set(values).size > 1);
  const first = varying.find(({ label }) => label === x) ?? varying.find(({ label }) => label !== y);
  const second =
    varying.find(({ label }) => label === y && label !== first?.label) ??
    varying.find(({ label }) => label !== first?.label);
  return first && second ? [first, second] : null;
}

export function drawContour(figure: FigureOf<'contour'>, context: PlotContext, x?: string, y?: string): Drawing | null {
  const pair = chosenPair(figure.axes, x, y);
  if (!pair) return null;
  return drawPair(
    { x: pair[0], y: pair[1], trials: figure.trials, targets: figure.targets, direction: figure.target.direction },
    context,
    true,
  );
}

export function drawRank(figure: FigureOf<'rank'>, context: PlotContext, x?: string, y?: string): Drawing | null {
  const pair = chosenPair(figure.axes, x, y);
  if (!pair) return null;
  return drawPair(
    { x: pair[0], y: pair[1], trials: figure.trials, targets: figure.targets, direction: figure.target.direction },
    context,
    false,
  );
}

function drawPair({ x, y, trials, targets, direction }: Pair, context: PlotContext, map: boolean): Drawing {
  const rows = trials.flatMap((trial, i) =>
    context.passes(trial) && x.values[i] !== null && y.values[i] !== null && targets[i] !== null ? [i] : [],
  );
  const shares = goodness(
    rows.map((i) => targets[i]!),
    direction,
  );
  const [xTitle, yTitle] = [paramTitle(context, x.label), paramTitle(context, y.label)];
  const write = (axis: ValuedAxis, i: number) =>
    axis.labels ? readable(axis.labels[axis.values[i]!]!) : plain(axis.values[i]!);
  const sentence = (i: number) =>
    `${text.charts.point(trials[i]!, context.objectiveTitle, measured(targets[i]))}\n${xTitle}: ${write(x, i)}\n${yTitle}: ${write(y, i)}`;
  const hasMap = map && !x.labels && !y.labels;
  return {
    height: 440,
    brush: 'rect',
    select: (selection) => {
      if (selection.kind !== 'plane') return null;
      const [across, up] = selection.range as number[][];
      return [...paramConditions(x.label, x.labels, across!), ...paramConditions(y.label, y.labels, up!)];
    },
    option: ({ colors, dark }) => ({
      grid: { left: 8, right: 24, top: 34, bottom: 40, containLabel: true },
      brush: { xAxisIndex: 0, yAxisIndex: 0, throttleType: 'debounce', throttleDelay: 300, transformable: false },
      xAxis: { ...axisOf(x, colors), splitLine: { show: false }, ...titleBelow(xTitle, colors) },
      yAxis: { ...axisOf(y, colors), splitLine: { show: false }, ...titleAbove(yTitle, colors) },
      tooltip: {
        formatter: ({ seriesName, dataIndex }: { seriesName: string; dataIndex: number }) =>
          seriesName === 'map' ? '' : sentence(rows[dataIndex]!),
      },
      series: [
        ...(hasMap ? [mapSeries(x, y, rows, shares, dark, colors)] : []),
        {
          type: 'scatter',
          name: 'trials',
          symbolSize: rows.length > 2000 ? 5 : 11,
          data: rows.map((i, k) => ({
            value: [x.values[i], y.values[i]],
            itemStyle: { color: scaleColor(shares[k]!, dark) },
          })),
          itemStyle: { borderColor: colors.ink, borderWidth: rows.length > 2000 ? 0 : 1 },
        },
      ],
    }),
    ...trialPoints(
      rows.map((i) => trials[i]!),
      (k) => sentence(rows[k]!),
      hasMap ? 1 : 0,
    ),
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        { title: xTitle },
        { title: yTitle },
        { title: context.objectiveTitle, number: true },
      ],
      rows: rows.map((i) => [
        trials[i]!,
        x.labels ? write(x, i) : x.values[i]!,
        y.labels ? write(y, i) : y.values[i]!,
        targets[i]!,
      ]),
    }),
  };
}

const COLUMNS = 44;
const LINES = 30;
/** Of very many trials the map takes every k-th: their neighbours say the same. */
const MOST = 1500;

/** Between the trials: their mean weighted by inverse distance (Shepard 1968), on axes of equal length. */
function mapSeries(
  x: ValuedAxis,
  y: ValuedAxis,
  rows: readonly number[],
  shares: readonly number[],
  dark: boolean,
  { card }: Colors,
) {
  const place = (axis: ValuedAxis, value: number) => {
    const [low, high] = axis.range ?? [0, 1];
    const t = axis.scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return t;
  };
  const back = (axis: ValuedAxis, t: number) => {
    const [low, high] = axis.range ?? [0, 1];
    return axis.scale === 'log' ? low * (high / low) ** t : low + t * (high - low);
  };
  const every = Math.max(1, Math.ceil(rows.length / MOST));
  const known = rows.flatMap((i, k) =>
    k % every === 0 ? [[place(x, x.values[i]!), place(y, y.values[i]!), shares[k]!] as const] : [],
  );
  const data: number[][] = [];
  for (let line = 0; line < LINES; line++) {
    for (let column = 0; column < COLUMNS; column++) {
      const [u, v] = [(column + 0.5) / COLUMNS, (line + 0.5) / LINES];
      data.push([
        back(x, column / COLUMNS),
        back(y, line / LINES),
        back(x, (column + 1) / COLUMNS),
        back(y, (line + 1) / LINES),
        weighted(known, u, v),
      ]);
    }
  }
  return {
    type: 'custom',
    name: 'map',
    silent: true,
    clip: true,
    z: 1,
    progressive: 0,
    encode: { x: [0, 2], y: [1, 3] },
    data,
    renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
      const [left, bottom] = api.coord([api.value(0), api.value(1)]) as [number, number];
      const [right, top] = api.coord([api.value(2), api.value(3)]) as [number, number];
      const shape = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
      return { type: 'rect', shape, style: { fill: over(scaleColor(api.value(4), dark), 0.42, card) } };
    },
  };
}

function weighted(known: readonly (readonly [number, number, number])[], u: number, v: number): number {
  let [sum, weights] = [0, 0];
  for (const [a, b, share] of known) {
    const weight = 1 / ((a - u) ** 2 + (b - v) ** 2 + 0.0008) ** 1.5;
    sum += weight * share;
    weights += weight;
  }
  return weights === 0 ? 0.5 : sum / weights;
}

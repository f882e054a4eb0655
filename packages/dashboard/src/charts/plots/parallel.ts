// Which mix is good? Each trial a line through all its settings, coloured by how well it did.
import type { FigureOf, ValuedAxis } from '@goldilocks/protocol/page';
import { paramColumn, valueColumn } from '../../filter/columns.js';
import { plain, readable } from '../../format.js';
import { text } from '../../text.js';
import { logBaseFor, MOST_NAMED, parted } from '../axes.js';
import { scaleColor } from '../colors.js';
import type { Cell, Drawing } from '../drawing.js';
import { type PlotContext, paramConditions, paramTitle, valueConditions } from './context.js';
import { goodness } from './goodness.js';
import { type Laned, missingOf, withLane } from './lane.js';

/** Pixels; on a phone the axes lie across, one below the other. */
const NARROW = 560;

/** Null where no setting varies. */
export function drawParallel(figure: FigureOf<'parallel'>, context: PlotContext): Drawing | null {
  // What never varies says nothing, and takes room.
  const varying = figure.params.filter(({ values }) => new Set(values).size > 1);
  if (varying.length === 0) return null;
  const axes: ValuedAxis[] = [...varying, ...figure.objectives];
  const rows = figure.order.filter((row) => context.passes(figure.trials[row]!));
  const shares = goodness(figure.color.values, figure.color.direction);
  const laned = axes.map((axis) => withLane(axis, rows));
  const title = (axis: ValuedAxis, i: number) =>
    i < varying.length ? paramTitle(context, axis.label) : objectiveName(axis, figure, context);
  const write = (axis: ValuedAxis, row: number) => {
    const value = axis.values[row] ?? null;
    if (value === null) return '—';
    return axis.labels ? readable(axis.labels[value]!) : plain(value);
  };
  const sentence = (row: number) =>
    [
      text.plots.trialNumber(figure.trials[row]!),
      ...axes.map((axis, i) => `${title(axis, i)}: ${write(axis, row)}`),
    ].join('\n');
  return {
    height: (width) => (width < NARROW ? 70 + axes.length * 64 : 440),
    select: (selection) => {
      if (selection.kind !== 'axes') return null;
      return selection.areas.flatMap(({ axis, intervals }) => {
        const { label, labels } = axes[axis]!;
        if (intervals.length === 0) return [];
        const ends = laned[axis]!.valuesIn(intervals.flat());
        const isParam = axis < varying.length;
        if (!ends) return [missingOf(isParam ? paramColumn(label) : valueColumn(context.objective))];
        return isParam ? paramConditions(label, labels, ends) : valueConditions(context, ...ends);
      });
    },
    option: ({ colors, dark, width }) => ({
      parallel: {
        ...(width < NARROW
          ? { layout: 'vertical', left: 20, right: 28, top: 40, bottom: 40 }
          : { left: 44, right: 64, top: 56, bottom: 24 }),
        axisExpandable: false,
        parallelAxisDefault: {
          areaSelectStyle: { width: 22, borderWidth: 1, borderColor: colors.zone, color: colors.zone, opacity: 0.25 },
        },
      },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => sentence(rows[dataIndex]!) },
      parallelAxis: axes.map((axis, i) => ({
        dim: i,
        id: String(i),
        name: width < NARROW ? title(axis, i) : wrap(title(axis, i), Math.max(60, (width - 100) / axes.length - 8)),
        nameLocation: width < NARROW ? 'start' : 'end',
        realtime: false,
        z: 10,
        ...extentOf(axis, laned[i]!),
        nameTextStyle: {
          color: colors.ink,
          fontSize: 12,
          lineHeight: 15,
          ...(width < NARROW && { align: 'left', verticalAlign: 'bottom', padding: [0, 0, 8, 14] }),
        },
        nameGap: 14,
        axisLine: { lineStyle: { color: colors['line-strong'], width: 1.5 } },
        axisTick: { show: false },
        minorTick: { show: false },
        axisLabel: {
          color: colors.muted,
          fontSize: 11,
          hideOverlap: true,
          // Readable where many lines pass behind.
          textBorderColor: colors.card,
          textBorderWidth: 3,
          ...labelsOf(axis, laned[i]!),
        },
      })),
      series: {
        type: 'parallel',
        progressive: 2000,
        progressiveThreshold: 4000,
        inactiveOpacity: 0.04,
        activeOpacity: 1,
        lineStyle: { width: rows.length > 1000 ? 0.8 : 1.7, opacity: rows.length > 1000 ? 0.35 : 0.75 },
        emphasis: { lineStyle: { width: 3.5, opacity: 1 } },
        data: rows.map((row) => ({
          value: laned.map(({ place }) => place(row)),
          lineStyle: { color: scaleColor(shares[row]!, dark) },
        })),
      },
    }),
    points: {
      count: rows.length,
      // The best are drawn last, and walked first.
      label: (i) => sentence(rows[rows.length - 1 - i]!).replaceAll('\n', ', '),
      trial: (i) => figure.trials[rows[rows.length - 1 - i]!]!,
      at: (i) => ({ seriesIndex: 0, dataIndex: rows.length - 1 - i }),
    },
    trialOf: ({ dataIndex }) => figure.trials[rows[dataIndex]!] ?? null,
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        ...axes.map((axis, i) => ({ title: title(axis, i), number: !axis.labels })),
      ],
      rows: rows
        .toSorted((a, b) => figure.trials[a]! - figure.trials[b]!)
        .map((row): Cell[] => [
          figure.trials[row]!,
          ...axes.map(({ values, labels }) => {
            const value = values[row] ?? null;
            return value !== null && labels ? labels[value]! : value;
          }),
        ]),
    }),
  };
}

function extentOf({ scale, labels }: ValuedAxis, { lane, range }: Laned) {
  if (scale === 'category') {
    const data = labels!.map(readable);
    return { type: 'category', data: lane === null ? data : [text.trials.missing, ...data] };
  }
  const [min, max] = range ?? [];
  if (scale === 'log') return { type: 'log', logBase: logBaseFor(min, max), scale: true, min, max };
  return { type: 'value', scale: true, min, max };
}

/** Ends that were computed are no round numbers, and not written; the lane's end says what lies there. */
function labelsOf({ scale, labels }: ValuedAxis, { lane }: Laned) {
  if (scale === 'category')
    return { formatter: parted, lineHeight: 12, ...(labels!.length <= MOST_NAMED && { interval: 0 }) };
  const isLane = (value: number) => lane !== null && Math.abs(value - lane) <= 1e-9 * Math.abs(lane);
  return {
    showMinLabel: lane !== null,
    showMaxLabel: false,
    formatter: (value: number) => (isLane(value) ? text.trials.missing : plain(value, 3)),
  };
}

const objectiveName = (axis: ValuedAxis, { objectives }: FigureOf<'parallel'>, { objectiveTitle }: PlotContext) =>
  objectives.length === 1 ? objectiveTitle : axis.label;

function wrap(title: string, width: number): string {
  const most = Math.max(8, Math.floor(width / 6.5));
  return title
    .split(' ')
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      if (last !== undefined && `${last} ${word}`.length <= most) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
      return lines;
    }, [])
    .join('\n');
}

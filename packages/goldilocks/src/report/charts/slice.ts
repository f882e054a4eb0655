// One hyperparameter's slice: each trial's value against the objective, the just-right zone shaded, the choice marked.
import type { Hyperparameter, ParamValue, SlicePoint } from '@goldilocks/protocol';
import { plain } from '../numbers.js';
import { goodRange, logTicks } from './axis.js';
import { type ChartOption, colors, failedMark, quietAxis, titleAbove } from './render.js';

export interface SliceInput {
  hyperparameter: Hyperparameter;
  objective: { title: string; direction: 'minimize' | 'maximize' };
}

export function sliceChart({ hyperparameter, objective }: SliceInput): ChartOption {
  const { points, scale, value } = hyperparameter;
  const shown = (point: SlicePoint) => point.adjusted ?? point.loss;
  const finite = points.filter((point) => !point.failed && shown(point) !== null);
  const failed = points.filter((point) => point.failed);
  const [low, high] = goodRange(finite.map((point) => shown(point)!));
  const lost = objective.direction === 'minimize' ? high : low;
  const inside = (point: SlicePoint) => Math.min(Math.max(shown(point)!, low), high);
  const axisLabel = { ...quietAxis.axisLabel, showMinLabel: false, showMaxLabel: false };
  return {
    grid: { left: 46, right: 18, top: 28, bottom: scale === 'choice' ? 44 : 26 },
    xAxis: horizontal(hyperparameter),
    yAxis: {
      type: 'value',
      min: low,
      max: high,
      splitNumber: 3,
      ...quietAxis,
      ...titleAbove(objective.title, 46),
      axisLabel,
    },
    series: [
      ...zoneBars(hyperparameter, high),
      {
        type: 'scatter',
        data: finite.map((point) => [coordinate(point.value, hyperparameter), inside(point)]),
        symbolSize: 8,
        itemStyle: { color: colors.recommended, opacity: 0.85 },
        ...zoneAreas(hyperparameter),
        markLine: marks(hyperparameter, coordinate(value, hyperparameter)),
      },
      {
        type: 'scatter',
        data: failed.map((point) => [coordinate(point.value, hyperparameter), lost]),
        symbol: failedMark,
        symbolSize: 10,
        itemStyle: { color: colors.bad },
      },
    ],
  };
}

/** Where a value stands on the horizontal axis; logarithms are taken here, for ECharts' own log axis has few ticks. */
function coordinate(value: ParamValue, { scale }: Hyperparameter): string | number {
  if (scale === 'choice') return String(value);
  return scale === 'log' ? Math.log10(value as number) : (value as number);
}

function horizontal(hyperparameter: Hyperparameter): object {
  const { scale, searched, points, value } = hyperparameter;
  const choices = searched && 'choices' in searched ? searched.choices : [];
  const limits = searched && 'low' in searched ? [searched.low, searched.high] : choices;
  const values = [...new Set([...limits, ...points.map((point) => point.value), value])];
  const common = { ...quietAxis, splitLine: { show: false } };
  if (scale === 'choice') {
    const axisLabel = { ...quietAxis.axisLabel, interval: 0, formatter: (name: string) => name.replaceAll('-', '-\n') };
    return { ...common, type: 'category', data: values.map(String), axisLabel };
  }
  const numbers = values.filter((x) => typeof x === 'number');
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const from = coordinate(least, hyperparameter) as number;
  const to = coordinate(most, hyperparameter) as number;
  const margin = 0.05 * (to - from || 1);
  return {
    ...common,
    type: 'value',
    min: from - margin,
    max: to + margin,
    axisLabel: ticks(hyperparameter, least, most),
  };
}

function ticks({ scale, searched }: Hyperparameter, least: number, most: number): object {
  const label = { ...quietAxis.axisLabel, hideOverlap: true };
  if (scale === 'linear')
    return { ...label, showMinLabel: false, showMaxLabel: false, formatter: (at: number) => plain(at) };
  const values = searched && 'choices' in searched ? (searched.choices as number[]) : logTicks(least, most);
  return { ...label, customValues: values.map(Math.log10), formatter: (at: number) => plain(10 ** at) };
}

/** The estimate, and over it what is certainly as good. */
function zoneAreas(hyperparameter: Hyperparameter): object {
  const { zone, verdict, certain } = hyperparameter;
  const area = ({ low, high }: { low: number; high: number }, opacity: number) => [
    { xAxis: coordinate(low, hyperparameter), itemStyle: { color: colors.zone, opacity } },
    { xAxis: coordinate(high, hyperparameter) },
  ];
  const data = [
    ...(zone && verdict !== 'uncertain' && !('choices' in zone) ? [area(zone, 0.22)] : []),
    ...(certain && 'tooMuch' in certain && certain.inside ? [area(certain.inside, 0.35)] : []),
  ];
  return data.length === 0 ? {} : { markArea: { silent: true, data } };
}

/** A choice has no width that an area could fill, so a bar stands behind each that is in the zone. */
function zoneBars({ zone, verdict, scale }: Hyperparameter, top: number): object[] {
  if (scale !== 'choice' || !zone || verdict === 'uncertain' || !('choices' in zone)) return [];
  const data = zone.choices.map((choice) => [String(choice), top]);
  return [{ type: 'bar', data, barWidth: '90%', silent: true, itemStyle: { color: colors.zone, opacity: 0.22 } }];
}

/** The chosen value, and beyond which values it is certainly worse. */
function marks(hyperparameter: Hyperparameter, chosen: string | number): object {
  const { certain } = hyperparameter;
  const ends = certain && 'tooMuch' in certain ? [certain.tooLittle?.below, certain.tooMuch?.above] : [];
  const worse = ends.flatMap((end) =>
    end === undefined
      ? []
      : [
          {
            xAxis: coordinate(end, hyperparameter),
            lineStyle: { color: colors.bad, width: 1.5, type: 'dashed' },
          },
        ],
  );
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colors.found, width: 2, type: 'solid' },
    label: { show: false },
    data: [...worse, { xAxis: chosen }],
  };
}

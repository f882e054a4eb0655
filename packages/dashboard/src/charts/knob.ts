// The measured points of one hyperparameter, with the zone that is within noise of the best shaded.
import type { Hyperparameter } from '@goldilocks/protocol/page';
import { measured, param } from '../format.js';
import { text } from '../text.js';
import { parted, quiet, robustRange, titleAbove } from './axes.js';
import type { Drawing } from './drawing.js';
import { trialPoints } from './points.js';

export function drawKnob(knob: Hyperparameter, objective: string): Drawing {
  const { points, scale, zone, value, recommended } = knob;
  const choices = scale === 'choice' ? choicesOf(knob) : null;
  const x = (at: unknown) => (choices ? choices.indexOf(param(at as never)) : (at as number));
  const shown = points.filter(({ loss, value: at }) => loss !== null && (choices || typeof at === 'number'));
  const height = (point: (typeof points)[number]) => point.adjusted ?? point.loss!;
  const ends = robustRange(shown.map(height));
  const [low, high] = ends ?? [0, 1];
  const label = (i: number) =>
    `${text.charts.point(shown[i]!.trial, objective, measured(shown[i]!.loss))}, ${knob.title}: ${param(shown[i]!.value)}`;
  return {
    height: 210,
    legend: [
      { mark: 'area', tone: 'zone', label: text.knobs.zone },
      { mark: 'dot', tone: 'found', label: text.knobs.chosen },
      { mark: 'dashes', tone: 'recommended', label: text.plots.recommended },
    ],
    option: ({ colors }) => ({
      grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
      xAxis: choices
        ? {
            type: 'category',
            data: choices,
            ...quiet(colors),
            axisLabel: { color: colors.muted, interval: 0, formatter: parted, fontSize: 11, lineHeight: 13 },
          }
        : {
            type: scale === 'log' && shown.every(({ value: at }) => (at as number) > 0) ? 'log' : 'value',
            scale: true,
            logBase: shown.every(({ value: at }) => Number.isInteger(at)) ? 2 : 10,
            ...quiet(colors),
            splitLine: { show: false },
            axisLabel: {
              color: colors.muted,
              hideOverlap: true,
              formatter: (at: number) => param(Number(at.toPrecision(2))),
            },
          },
      yAxis: {
        type: 'value',
        min: low,
        max: high,
        ...quiet(colors),
        splitNumber: 3,
        axisLabel: {
          color: colors.muted,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (at: number) => measuredShort(at),
        },
        ...titleAbove(objective, colors),
      },
      tooltip: {
        formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) =>
          seriesIndex === 0 ? label(dataIndex) : '',
      },
      series: [
        {
          type: 'scatter',
          symbolSize: 10,
          data: shown.map((point) => ({
            value: [x(point.value), Math.min(high, height(point))],
            ...(param(point.value) === param(value) ? { itemStyle: { color: colors.found, opacity: 1 } } : {}),
            ...(point.trial === 0 ? { symbol: 'diamond', itemStyle: { color: colors.recommended, opacity: 1 } } : {}),
          })),
          itemStyle: { color: colors.base, opacity: 0.8 },
          markArea: { silent: true, itemStyle: { color: colors.zone, opacity: 0.22 }, data: zoneArea(zone) },
          markLine: {
            silent: true,
            symbol: 'none',
            precision: 12,
            label: { show: false },
            lineStyle: { color: colors.recommended, type: 'dashed', width: 1.5 },
            data: [{ xAxis: x(recommended) }],
          },
        },
        ...(choices && zone && 'choices' in zone
          ? [zoneBars(choices, zone.choices.map(param), high, colors.zone)]
          : []),
      ],
    }),
    ...trialPoints(
      shown.map(({ trial }) => trial),
      label,
    ),
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        { title: knob.title },
        { title: objective, number: true },
        { title: text.knobs.adjusted, number: true },
      ],
      rows: points.map(({ trial, value: at, loss, adjusted }) => [
        trial,
        typeof at === 'number' ? at : param(at),
        loss,
        adjusted,
      ]),
    }),
  };
}

const measuredShort = (value: number) => String(Number(value.toPrecision(3)));

function choicesOf({ searched, points, value, recommended }: Hyperparameter): string[] {
  const known = searched && 'choices' in searched ? searched.choices : [];
  return [...new Set([...known, recommended, value, ...points.map((point) => point.value)].map(param))];
}

function zoneArea(zone: Hyperparameter['zone']) {
  return zone && 'low' in zone && zone.low !== zone.high ? [[{ xAxis: zone.low }, { xAxis: zone.high }]] : [];
}

/** On an axis of choices an area from one to the same has no width: bars as wide as their place have. */
function zoneBars(choices: readonly string[], inZone: readonly string[], high: number, color: string) {
  const data = choices.map((choice) => (inZone.includes(choice) ? high : null));
  return { type: 'bar', silent: true, z: 0, barWidth: '90%', data, itemStyle: { color, opacity: 0.22 } };
}

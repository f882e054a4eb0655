// Is it learning, or learning by heart? Training and validation loss, and the gap between them.
import type { Curves } from '@goldilocks/protocol/page';
import { measured, plain } from '../../format.js';
import { text } from '../../text.js';
import { quiet, robustRange, titleAbove, titleBelow } from '../axes.js';
import { lineLook } from '../colors.js';
import type { Drawing } from '../drawing.js';

/** Weight of the past in the smoothed training loss; corrected for the first steps as Adam's moments are. */
const SMOOTH = 0.9;

function smoothed(values: readonly (number | null)[]): (number | null)[] {
  let [mean, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    mean = SMOOTH * mean + (1 - SMOOTH) * value;
    weight = SMOOTH * weight + (1 - SMOOTH);
    return mean / weight;
  });
}

export interface Run {
  title: string;
  trial: number | null;
  curves: Curves;
}

/** One run with its gap shaded; several runs as validation curves only. */
export function drawLosses(runs: readonly Run[]): Drawing {
  const single = runs.length === 1 ? runs[0]!.curves : null;
  const validation = runs.map(({ curves }) => curves.validation.filter(({ loss }) => loss !== null));
  const flat = validation.flatMap((points, r) => points.map((point, k) => ({ r, k, point })));
  const training = single ? smoothed(single.training.map(({ loss }) => loss)) : [];
  const ends = robustRange([...validation.flatMap((points) => points.map(({ loss }) => loss)), ...training]);
  const gap = single?.validation.filter(({ loss, trainingLoss }) => loss !== null && trainingLoss !== null) ?? [];
  const sentence = ({ r, point }: (typeof flat)[number]) =>
    `${runs.length > 1 ? `${runs[r]!.title}, ` : ''}${text.runs.at(plain(point.step), measured(point.loss), point.trainingLoss === null ? '' : measured(point.trainingLoss))}`;
  // Lines before the validation curves: raw, smoothed, and the two that shade the gap.
  const before = single ? 4 : 0;
  return {
    height: 320,
    ...(single && {
      legend: [
        { mark: 'line', tone: 'recommended', label: text.runs.training },
        { mark: 'line', tone: 'found', label: text.runs.validation },
        { mark: 'area', tone: 'zone', label: text.runs.gap },
        ...(single.bestStep !== null ? [{ mark: 'ring' as const, tone: 'found' as const, label: text.runs.kept }] : []),
      ],
    }),
    option: ({ colors, dark }) => ({
      grid: { left: 8, right: single ? 20 : 56, top: 34, bottom: 40, containLabel: true },
      xAxis: {
        type: 'value',
        min: 0,
        ...(single?.totalSteps && { max: single.totalSteps }),
        ...quiet(colors),
        splitLine: { show: false },
        ...titleBelow(single ? text.runs.step : text.runs.epoch, colors),
      },
      yAxis: {
        type: 'value',
        scale: true,
        min: ends?.[0],
        max: ends?.[1],
        axisPointer: { show: false },
        ...quiet(colors),
        axisLabel: {
          color: colors.muted,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (value: number) => plain(value),
        },
        ...titleAbove(text.runs.loss, colors),
      },
      tooltip: {
        trigger: 'item',
        formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
          const point = validation[seriesIndex - before]?.[dataIndex];
          return point ? sentence({ r: seriesIndex - before, k: dataIndex, point }) : '';
        },
      },
      series: [
        ...(single
          ? [
              {
                type: 'line',
                silent: true,
                showSymbol: false,
                sampling: 'minmax',
                data: single.training.map(({ step, loss }) => [step, loss]),
                lineStyle: { color: colors.recommended, width: 1, opacity: 0.25 },
              },
              {
                type: 'line',
                silent: true,
                showSymbol: false,
                data: single.training.map(({ step }, i) => [step, training[i]]),
                lineStyle: { color: colors.recommended, width: 2.5 },
              },
              {
                type: 'line',
                silent: true,
                showSymbol: false,
                stack: 'gap',
                stackStrategy: 'all',
                data: gap.map(({ step, trainingLoss }) => [step, trainingLoss]),
                lineStyle: { opacity: 0 },
              },
              {
                type: 'line',
                silent: true,
                showSymbol: false,
                stack: 'gap',
                stackStrategy: 'all',
                data: gap.map(({ step, loss, trainingLoss }) => [step, loss! - trainingLoss!]),
                lineStyle: { opacity: 0 },
                areaStyle: { color: colors.zone, opacity: 0.18 },
              },
            ]
          : []),
        ...validation.map((points, r) => ({
          type: 'line',
          name: runs[r]!.title,
          data: points.map(({ step, loss, epoch }) => [single ? step : epoch, loss]),
          symbol: 'circle',
          symbolSize: 7,
          lineStyle: single ? { color: colors.found, width: 2.5 } : { width: 2.5, ...lineLook(r, dark) },
          itemStyle: { color: single ? colors.found : lineLook(r, dark).color },
          markPoint: single && keptMark(points, single.bestStep, colors.found),
          endLabel: { show: !single && runs.length <= 8, formatter: '{a}', color: colors.ink },
        })),
      ],
    }),
    points: {
      count: flat.length,
      label: (i) => sentence(flat[i]!),
      trial: (i) => runs[flat[i]!.r]!.trial,
      at: (i) => ({ seriesIndex: before + flat[i]!.r, dataIndex: flat[i]!.k }),
    },
    trialOf: ({ seriesIndex }) => runs[seriesIndex! - before]?.trial ?? null,
    numbers: () => ({
      columns: [
        { title: text.runs.run },
        { title: text.runs.step, number: true },
        { title: text.runs.epoch, number: true },
        { title: text.runs.training, number: true },
        { title: text.runs.validation, number: true },
      ],
      rows: runs.flatMap(({ title, curves }) => [
        ...curves.training.map(({ step, epoch, loss }) => [title, step, epoch, loss, null]),
        ...curves.validation.map(({ step, epoch, loss, trainingLoss }) => [title, step, epoch, trainingLoss, loss]),
      ]),
    }),
  };
}

function keptMark(points: readonly { step: number; loss: number | null }[], bestStep: number | null, color: string) {
  const kept = points.find(({ step }) => step === bestStep);
  if (!kept) return undefined;
  const itemStyle = { color: 'transparent', borderColor: color, borderWidth: 2 };
  return {
    silent: true,
    symbol: 'circle',
    symbolSize: 18,
    label: { show: false },
    itemStyle,
    data: [{ coord: [kept.step, kept.loss] }],
  };
}

// One quantity over a run's steps: learning rate (as drawn and as run), gradient norm, tokens a second.
import type { Curves, TrainingPoint } from '@goldilocks/protocol/page';
import { plain } from '../../format.js';
import { text } from '../../text.js';
import { quiet, titleBelow } from '../axes.js';
import type { Colors } from '../colors.js';
import type { Drawing } from '../drawing.js';

export function drawSchedule({ schedule, training, totalSteps }: Curves): Drawing {
  return {
    ...lineOver(training, ({ learningRate }) => learningRate, text.runs.learningRate, 'found', totalSteps, {
      title: text.runs.asDrawn,
      points: schedule.map(({ step, learningRate }) => [step, learningRate]),
    }),
    legend: [
      { mark: 'dashes', tone: 'recommended', label: text.runs.asDrawn },
      { mark: 'line', tone: 'found', label: text.runs.asRun },
    ],
  };
}

export function drawGradientNorm({ training, totalSteps }: Curves): Drawing {
  return lineOver(training, ({ gradientNorm }) => gradientNorm, text.runs.gradientNorm, 'base', totalSteps);
}

export function drawSpeed({ training, totalSteps }: Curves): Drawing {
  return lineOver(training, ({ tokensPerSecond }) => tokensPerSecond, text.runs.tokensPerSecond, 'good', totalSteps);
}

function lineOver(
  training: readonly TrainingPoint[],
  of: (point: TrainingPoint) => number | null,
  title: string,
  tone: keyof Colors,
  totalSteps: number | null,
  behind?: { title: string; points: number[][] },
): Drawing {
  const points = training.flatMap((point) => (of(point) === null ? [] : [[point.step, of(point)!]]));
  const label = (i: number) => text.runs.valueAt(plain(points[i]![0]!), title, plain(points[i]![1]!));
  return {
    height: 180,
    option: ({ colors }) => ({
      grid: { left: 8, right: 20, top: 12, bottom: 36, containLabel: true },
      xAxis: {
        type: 'value',
        min: 0,
        ...(totalSteps && { max: totalSteps }),
        ...quiet(colors),
        splitLine: { show: false },
        ...titleBelow(text.runs.step, colors),
        nameGap: 26,
      },
      yAxis: {
        type: 'value',
        ...quiet(colors),
        splitNumber: 3,
        axisLabel: { color: colors.muted, formatter: (value: number) => plain(value, 2) },
      },
      tooltip: {
        trigger: 'axis',
        formatter: (params: { seriesIndex: number; dataIndex: number }[]) =>
          params
            .filter(({ seriesIndex }) => seriesIndex === 0)
            .map(({ dataIndex }) => label(dataIndex))
            .join(''),
      },
      series: [
        {
          type: 'line',
          showSymbol: false,
          sampling: 'minmax',
          data: points,
          lineStyle: { color: colors[tone], width: 2.5 },
          itemStyle: { color: colors[tone] },
          z: 3,
        },
        ...(behind
          ? [
              {
                type: 'line',
                silent: true,
                showSymbol: false,
                data: behind.points,
                lineStyle: { color: colors.recommended, width: 2, type: 'dashed' },
              },
            ]
          : []),
      ],
    }),
    points: { count: points.length, label, trial: () => null, at: (i) => ({ seriesIndex: 0, dataIndex: i }) },
    numbers: () => ({
      columns: [
        { title: text.runs.step, number: true },
        { title, number: true },
      ],
      rows: points,
    }),
  };
}

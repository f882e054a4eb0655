// The learning curve of one run: training and validation loss over epochs, the gap between them, the kept checkpoint.
import type { LearningCurve } from '@goldilocks/protocol';
import { type ChartOption, colors, quietAxis, titleAbove } from './render.js';

type Point = [epoch: number, loss: number | null];

export function learningCurveChart({ training, validation, bestStep }: LearningCurve): ChartOption {
  const smoothed = smooth(training.map(({ epoch, loss }) => [epoch, loss]));
  const measured: Point[] = validation.map(({ epoch, loss }) => [epoch, loss]);
  const best = validation.find(({ step }) => step === bestStep);
  return {
    grid: { left: 44, right: 20, top: 28, bottom: 40 },
    xAxis: {
      type: 'value',
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 26,
      min: 0,
      max: 'dataMax',
      ...quietAxis,
      splitLine: { show: false },
    },
    yAxis: { type: 'value', min: 0, max: ceiling([...smoothed, ...measured]), ...quietAxis, ...titleAbove('loss', 44) },
    series: [
      {
        type: 'line',
        name: 'training',
        data: training.map(({ epoch, loss }) => [epoch, loss]),
        showSymbol: false,
        silent: true,
        lineStyle: { color: colors.recommended, width: 1, opacity: 0.3 },
        itemStyle: { color: colors.recommended },
      },
      {
        type: 'line',
        name: 'training',
        data: smoothed,
        showSymbol: false,
        lineStyle: { color: colors.recommended, width: 2, type: [6, 3] },
        itemStyle: { color: colors.recommended },
      },
      {
        type: 'line',
        name: 'validation',
        data: measured,
        symbol: 'circle',
        symbolSize: 6,
        lineStyle: { color: colors.found, width: 2.5 },
        itemStyle: { color: colors.found },
        ...(best?.loss == null ? {} : { markPoint: keptCheckpoint(best.epoch, best.loss) }),
      },
    ],
  };
}

function keptCheckpoint(epoch: number, loss: number): object {
  return {
    symbol: 'circle',
    symbolSize: 13,
    itemStyle: { color: colors.card, borderColor: colors.found, borderWidth: 3 },
    label: { formatter: 'kept', position: 'top', color: colors.ink, fontSize: 12 },
    data: [{ coord: [epoch, loss] }],
  };
}

/** Mean over neighbours on both sides, which unlike a running average does not lag behind; single steps' losses jump. */
function smooth(points: Point[]): Point[] {
  const reach = Math.floor(points.length / 12);
  return points.map(([epoch], i) => {
    // The same number on both sides, else the ends would bend.
    const around = Math.min(reach, i, points.length - 1 - i);
    const near = points.slice(i - around, i + around + 1).flatMap(([, loss]) => (loss === null ? [] : [loss]));
    return [epoch, near.length === 0 ? null : near.reduce((sum, loss) => sum + loss, 0) / near.length];
  });
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
function nextNice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return Number((factor * power).toPrecision(2));
}

/** The end of training is what matters: where it starts much higher, the curve comes in from above. */
function ceiling(points: Point[]): number | undefined {
  const losses = points.flatMap(([, loss]) => (loss === null ? [] : [loss]));
  const most = Math.max(...losses);
  const least = Math.min(...losses);
  return most > 4 * least && least > 0 ? nextNice(3 * least) : undefined;
}

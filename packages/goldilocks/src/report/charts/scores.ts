// Test scores side by side, with their 95 % intervals: baselines, base model, recommended and found settings.

import type { Estimate } from '@goldilocks/protocol';
import type { CustomSeriesRenderItem } from 'echarts';
import { type ChartOption, colors, quietAxis } from './render.js';

export interface ScoreBar {
  title: string;
  estimate: Estimate;
  color: 'base' | 'recommended' | 'found';
}

export interface ScoresInput {
  bars: readonly ScoreBar[];
  format: (value: number) => string;
  /** Whether values are shares, whose axis ends at 100 %. */
  percent: boolean;
}

/** Horizontal bars from top to bottom in the order given. */
export function scoresChart({ bars, format, percent }: ScoresInput): ChartOption {
  return {
    grid: { left: 120, right: 70, top: 8, bottom: 28 },
    xAxis: valueAxis(percent),
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ title }) => title),
      ...quietAxis,
      axisLabel: { color: colors.ink, fontSize: 13, width: 110, overflow: 'break' },
    },
    series: [
      {
        type: 'bar',
        barWidth: 20,
        data: bars.map(({ estimate, color }) => ({
          value: estimate.value,
          itemStyle: { color: colors[color], borderRadius: [0, 4, 4, 0] },
        })),
      },
      {
        type: 'custom',
        z: 5,
        data: bars.map(({ estimate }, i) => [
          i,
          estimate.low ?? estimate.value,
          estimate.high ?? estimate.value,
          estimate.value,
        ]),
        encode: { x: [1, 2], y: 0 },
        renderItem: whisker(format),
      },
    ],
  };
}

/** Room past 100 % for the last bar's number. */
function valueAxis(percent: boolean): object {
  if (!percent) return { type: 'value', min: 0, splitNumber: 4, ...quietAxis };
  const customValues = [0, 0.5, 1];
  const axisLabel = { ...quietAxis.axisLabel, customValues, formatter: (value: number) => `${100 * value} %` };
  return { type: 'value', min: 0, max: 1.08, interval: 0.25, ...quietAxis, splitLine: { show: false }, axisLabel };
}

function whisker(format: (value: number) => string): CustomSeriesRenderItem {
  return (_, api) => {
    const row = api.value(0);
    const [from, y] = api.coord([api.value(1), row]) as [number, number];
    const [to] = api.coord([api.value(2), row]) as [number, number];
    const style = { stroke: colors.ink, lineWidth: 1.5, fill: 'none' };
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style,
    });
    const label = {
      text: format(api.value(3) as number),
      x: to + 8,
      y,
      fill: colors.ink,
      fontSize: 14,
      fontWeight: 'bold' as const,
      textVerticalAlign: 'middle' as const,
    };
    return {
      type: 'group',
      children: [
        line(from, y, to, y),
        line(from, y - 5, from, y + 5),
        line(to, y - 5, to, y + 5),
        { type: 'text', style: label },
      ],
    };
  };
}

// How data are spread: lengths of the examples, and labels.
import type { Inspection } from '@goldilocks/protocol/page';
import { count, percent } from '../format.js';
import { text } from '../text.js';
import { quiet, titleBelow } from './axes.js';
import type { Drawing } from './drawing.js';

export function drawLengths({ lengths: { histogram } }: Pick<Inspection, 'lengths'>): Drawing {
  const { low, high, counts } = histogram;
  const unit = text.data.characters;
  const width = (high - low) / Math.max(1, counts.length);
  const edge = (i: number) => count(Math.round(low + i * width));
  const ends = (i: number) => `${edge(i)}–${edge(i + 1)}`;
  const label = (i: number) => `${ends(i)} ${unit}: ${text.data.problemCount(counts[i]!)}`;
  return {
    height: 260,
    option: ({ colors }) => ({
      grid: { left: 8, right: 16, top: 12, bottom: 36, containLabel: true },
      xAxis: {
        type: 'category',
        data: counts.map((_, i) => edge(i)),
        ...quiet(colors),
        ...titleBelow(unit, colors),
      },
      yAxis: { type: 'value', minInterval: 1, ...quiet(colors), splitNumber: 4 },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => label(dataIndex) },
      series: {
        type: 'bar',
        barCategoryGap: '8%',
        data: counts,
        itemStyle: { color: colors.recommended, borderRadius: [3, 3, 0, 0] },
      },
    }),
    points: { count: counts.length, label, trial: () => null, at: (i) => ({ seriesIndex: 0, dataIndex: i }) },
    numbers: () => ({
      columns: [{ title: unit }, { title: text.data.examples, number: true }],
      rows: counts.map((rows, i) => [ends(i), rows]),
    }),
  };
}

/** The rest of very many labels share a bar. */
const MOST = 24;

export function drawLabels(labels: readonly { label: string; count: number }[]): Drawing {
  const sorted = labels.toSorted((a, b) => b.count - a.count);
  const shown = sorted.slice(0, MOST);
  const total = labels.reduce((sum, one) => sum + one.count, 0);
  const write = (i: number) => `${shown[i]!.label}: ${count(shown[i]!.count)} (${percent(shown[i]!.count / total)})`;
  return {
    height: 40 + shown.length * 26,
    option: ({ colors }) => ({
      grid: { left: 8, right: 56, top: 4, bottom: 24, containLabel: true },
      xAxis: { type: 'value', minInterval: 1, ...quiet(colors), splitNumber: 4 },
      yAxis: {
        type: 'category',
        inverse: true,
        data: shown.map(({ label }) => label.replace(/[\p{Cc}\p{Cf}]/gu, ' ')),
        ...quiet(colors),
        axisLabel: { color: colors.ink, fontSize: 13, width: 130, overflow: 'truncate', interval: 0 },
      },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => write(dataIndex) },
      series: {
        type: 'bar',
        barMaxWidth: 18,
        data: shown.map((one) => one.count),
        itemStyle: { color: colors.recommended, borderRadius: [0, 4, 4, 0] },
        label: { show: true, position: 'right', color: colors.ink },
      },
    }),
    points: { count: shown.length, label: write, trial: () => null, at: (i) => ({ seriesIndex: 0, dataIndex: i }) },
    numbers: () => ({
      columns: [{ title: text.data.label }, { title: text.data.examples, number: true }],
      rows: sorted.map((one) => [one.label, one.count]),
    }),
  };
}

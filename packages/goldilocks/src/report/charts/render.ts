// Draws a chart as SVG text, in colours that follow the page's light or dark theme.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  SVGRenderer,
]);

export type ChartOption = EChartsCoreOption;

/**
 * Stand-ins that ECharts takes for colours; in the finished SVG each becomes the page's CSS variable of its name, so
 * that one drawing serves both themes.
 */
export const colors = {
  ink: '#010101',
  muted: '#010102',
  line: '#010103',
  base: '#010104',
  recommended: '#010105',
  found: '#010106',
  zone: '#010107',
  bad: '#010108',
  card: '#010109',
} as const;

export const chartFont = 'system-ui, sans-serif';

/** Lines and labels of an axis, quiet behind the data. */
export const quietAxis = {
  axisLine: { lineStyle: { color: colors.line } },
  axisTick: { show: false },
  axisLabel: { color: colors.muted, fontSize: 12 },
  nameTextStyle: { color: colors.muted, fontSize: 12 },
  splitLine: { lineStyle: { color: colors.line, width: 1 } },
};

/** The name of a vertical axis, above it and flush with the chart's left edge. */
export function titleAbove(name: string, left: number): object {
  return {
    name,
    nameGap: 12,
    nameTextStyle: { ...quietAxis.nameTextStyle, align: 'left', padding: [0, 0, 0, 6 - left] },
  };
}

/** A cross, for runs that failed. */
export const failedMark = 'path://M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0Z';

/**
 * SVG text of a chart, the same for the same input. `key` names the chart within the page: it goes into the ids of
 * the SVG, so that charts don't share them.
 */
export function renderChart(key: string, option: ChartOption, size: { width: number; height: number }): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: chartFont }, ...option });
    return themed(still(chart.renderToSVGString())).replace(/\bzr\d+-/g, `${key}-`);
  } finally {
    chart.dispose();
  }
}

/**
 * Without what only serves pointing at the chart, which a still picture does not answer to; and without control and
 * direction marks, which names from data might bring along. Names are escaped by ECharts, so tags here are its own.
 */
function still(svg: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+|xml:space)="[^"]*"/g, '')
    .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, '');
}

function themed(svg: string): string {
  return Object.entries(colors).reduce((text, [name, color]) => text.replaceAll(color, `var(--${name})`), svg);
}

// What a chart is to the page: how to draw it, its numbers, its points to walk along, and what can be selected in it.
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import type { Condition } from '../filter/where.js';
import type { Colors } from './colors.js';

export type Cell = string | number | null;

export interface Numbers {
  columns: readonly { title: string; number?: boolean }[];
  rows: readonly (readonly Cell[])[];
  /** Whether the first column is a trial's number. */
  ofTrials?: boolean;
}

export interface Points {
  count: number;
  label: (index: number) => string;
  trial: (index: number) => number | null;
  /** Where ECharts has it. */
  at: (index: number) => { seriesIndex: number; dataIndex: number };
}

export interface Surroundings {
  colors: Colors;
  dark: boolean;
  width: number;
}

export interface LegendEntry {
  mark: 'line' | 'dashes' | 'dot' | 'ring' | 'cross' | 'area' | 'bar';
  tone: keyof Colors;
  label: string;
}

export interface Drawing {
  option: (surroundings: Surroundings) => EChartsCoreOption;
  height: number | ((width: number) => number);
  numbers: () => Numbers;
  points?: Points;
  legend?: readonly LegendEntry[];
  /** The trial under the pointer. */
  trialOf?: (params: { seriesIndex?: number; dataIndex: number; value: unknown; name: string }) => number | null;
  /** Filters by what is selected: `brush` on a plane, or the areas of parallel axes. */
  select?: (selection: Selection, chart: EChartsType) => Condition[] | null;
  brush?: 'rect' | 'lineX';
}

export type Selection =
  | { kind: 'plane'; range: number[] | number[][]; grid: number }
  | { kind: 'axes'; areas: { axis: number; intervals: number[][] }[] };

/** As a spreadsheet reads it (RFC 4180); a cell that begins like a formula is disarmed. */
export function csv({ columns, rows }: Numbers): string {
  const cell = (value: Cell) => {
    if (value === null) return '';
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns.map(({ title }) => title), ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

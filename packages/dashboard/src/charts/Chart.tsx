// Draws into a canvas, follows size and theme, and can be walked point by point with the arrow keys.
import type { EChartsType } from 'echarts/core';
import { type KeyboardEvent, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useTheme } from '../components/theme.js';
import { text } from '../text.js';
import { base } from './axes.js';
import { readColors } from './colors.js';
import type { Drawing, Surroundings } from './drawing.js';

export interface ChartHandle {
  /** The drawing at the size shown, for saving. */
  option: () => { option: object; width: number; height: number; background: string } | null;
}

interface Props {
  drawing: Drawing;
  /** What the chart shows, for those who don't see it. */
  label: string;
  onTrial?: ((trial: number) => void) | undefined;
  onSelect?: ((conditions: NonNullable<ReturnType<NonNullable<Drawing['select']>>>) => void) | undefined;
  selecting?: boolean;
  handle?: React.Ref<ChartHandle>;
}

export function Chart({ drawing, label, onTrial, onSelect, selecting = false, handle }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const [width, setWidth] = useState(0);
  const [ready, setReady] = useState(false);
  const { shown: theme } = useTheme();
  const height = typeof drawing.height === 'number' ? drawing.height : drawing.height(width || 600);
  const latest = useRef({ drawing, onTrial, onSelect });
  latest.current = { drawing, onTrial, onSelect };

  useEffect(() => {
    const element = holder.current!;
    let gone = false;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(element.parentElement!);
    void import('./echarts.js').then(({ init }) => {
      if (gone) return;
      chart.current = init(element, null, { renderer: 'canvas' });
      listenTo(chart.current, latest);
      setReady(true);
    });
    return () => {
      gone = true;
      observer.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  const surroundings = (): Surroundings => ({ colors: readColors(), dark: theme === 'dark', width });
  useEffect(() => {
    if (!ready || width === 0) return;
    chart.current!.resize({ width, height });
    chart.current!.setOption(whole(drawing, surroundings()), { notMerge: true, lazyUpdate: false });
  }, [ready, drawing, theme, width, height]);

  useEffect(() => {
    if (!ready || !drawing.brush) return;
    const brushType = selecting && drawing.brush;
    chart.current!.dispatchAction({
      type: 'takeGlobalCursor',
      key: 'brush',
      brushOption: { brushType, brushMode: 'single' },
    });
    if (!selecting) chart.current!.dispatchAction({ type: 'brush', areas: [] });
  }, [ready, drawing, selecting, width, theme]);

  useImperativeHandle(handle, () => ({
    option: () => {
      const around = surroundings();
      return width === 0 ? null : { option: whole(drawing, around), width, height, background: around.colors.card };
    },
  }));
  return (
    <Walker drawing={drawing} label={label} chart={chart} height={height} onTrial={onTrial}>
      <div ref={holder} aria-hidden="true" data-ready={ready && width > 0} />
    </Walker>
  );
}

function whole(drawing: Drawing, around: Surroundings) {
  const common = base(around.colors);
  const option = drawing.option(around) as { tooltip?: object };
  return { ...common, ...option, tooltip: { ...common.tooltip, ...option.tooltip } };
}

function listenTo(chart: EChartsType, latest: { current: Pick<Props, 'drawing' | 'onTrial' | 'onSelect'> }): void {
  chart.on('click', (params) => {
    const trial = latest.current.drawing.trialOf?.(params as never);
    if (trial !== null && trial !== undefined) latest.current.onTrial?.(trial);
  });
  const select = (selection: Parameters<NonNullable<Drawing['select']>>[0]) => {
    const conditions = latest.current.drawing.select?.(selection, chart);
    if (conditions) latest.current.onSelect?.(conditions);
  };
  chart.on('brushEnd', (params) => {
    const [area] = (params as { areas: { coordRange?: number[] | number[][]; panelId?: string }[] }).areas;
    if (!area?.coordRange) return;
    const grid = Number(/grid--?(\d+)/.exec(area.panelId ?? '')?.[1] ?? 0);
    select({ kind: 'plane', range: area.coordRange, grid });
  });
  chart.on('axisareaselected', (params) => {
    const { intervals, parallelAxisId } = params as { intervals?: number[][]; parallelAxisId?: string };
    const axis = Number(parallelAxisId ?? Number.NaN);
    if (intervals && !Number.isNaN(axis)) select({ kind: 'axes', areas: [{ axis, intervals }] });
  });
}

interface WalkerProps {
  drawing: Drawing;
  label: string;
  chart: { current: EChartsType | null };
  height: number;
  onTrial: ((trial: number) => void) | undefined;
  children: React.ReactNode;
}

/** One stop for the Tab key; arrows walk, Enter opens the trial. A slider is what screen readers read point by point. */
function Walker({ drawing, label, chart, height, onTrial, children }: WalkerProps) {
  const { points } = drawing;
  const [at, setAt] = useState(0);
  const size = { '--chart-height': `${height}px` } as React.CSSProperties;
  if (!points || points.count === 0) {
    return (
      <div className="chart" style={size} role="img" aria-label={label}>
        {children}
      </div>
    );
  }
  const last = points.count - 1;
  const place = Math.min(at, last);
  const go = (next: number) => {
    setAt(next);
    chart.current?.dispatchAction({ type: 'showTip', ...points.at(next) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const trial = points.trial(place);
    if (step !== undefined) go(Math.min(last, Math.max(0, place + step)));
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(last);
    else if (event.key === 'Escape') chart.current?.dispatchAction({ type: 'hideTip' });
    else if (event.key === 'Enter' && trial !== null && onTrial) onTrial(trial);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="chart"
      style={size}
      role="slider"
      tabIndex={0}
      aria-label={`${label} ${text.charts.walk}`}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={place}
      aria-valuetext={points.label(place)}
      onKeyDown={onKeyDown}
      onBlur={() => chart.current?.dispatchAction({ type: 'hideTip' })}
    >
      {children}
    </div>
  );
}

// Who falls behind, and when? Each trial's objective on its way.
import type { FigureOf } from '@goldilocks/protocol/page';
import { measured, plain } from '../../format.js';
import { text } from '../../text.js';
import { axisOf, robustRange, titleAbove, titleBelow } from '../axes.js';
import type { Colors } from '../colors.js';
import type { Drawing } from '../drawing.js';
import type { PlotContext } from './context.js';

export function drawIntermediate(figure: FigureOf<'intermediate'>, context: PlotContext): Drawing {
  const curves = figure.curves.filter(({ trial }) => context.passes(trial));
  const ends = robustRange(curves.flatMap(({ values }) => values));
  const last = curves.map(({ values }) => values.findLast((value) => value !== null) ?? null);
  const label = (i: number) => {
    const { trial, state } = curves[i]!;
    return `${text.charts.point(trial, context.objectiveTitle, measured(last[i]))}, ${text.trialStates[state]}`;
  };
  return {
    height: 400,
    legend: [
      { mark: 'line', tone: 'base', label: text.trialStates.COMPLETE },
      { mark: 'dashes', tone: 'base', label: text.trialStates.PRUNED },
      { mark: 'line', tone: 'found', label: text.plots.bestTrial },
      { mark: 'line', tone: 'recommended', label: text.plots.recommended },
    ],
    option: ({ colors }) => ({
      grid: { left: 8, right: 24, top: 34, bottom: 40, containLabel: true },
      xAxis: { ...axisOf(figure.x, colors), ...titleBelow(text.trials.lastStep, colors) },
      yAxis: {
        ...axisOf(
          { ...figure.y, range: context.capped ? ends : figure.y.range, scale: context.log ? 'log' : 'linear' },
          colors,
        ),
        ...titleAbove(context.objectiveTitle, colors),
      },
      tooltip: {
        formatter: ({ seriesIndex, value }: { seriesIndex: number; value: number[] }) =>
          text.charts.pointAt(curves[seriesIndex]!.trial, plain(value[0]!), measured(value[1])),
      },
      series: curves.map(({ trial, state, steps, values }) => ({
        type: 'line',
        data: steps.map((step, k) => [step, values[k]]),
        symbolSize: 5,
        showSymbol: curves.length <= 60,
        triggerEvent: true,
        lineStyle: {
          color: tone(trial, context, colors),
          width: trial === context.best ? 3 : 1.5,
          type: state === 'PRUNED' ? 'dashed' : 'solid',
          opacity: emphasis(trial, context) ? 1 : 0.55,
        },
        itemStyle: { color: tone(trial, context, colors) },
        z: emphasis(trial, context) ? 3 : 2,
        emphasis: { lineStyle: { width: 3.5 } },
      })),
    }),
    points: {
      count: curves.length,
      label,
      trial: (i) => curves[i]!.trial,
      at: (i) => ({ seriesIndex: i, dataIndex: curves[i]!.steps.length - 1 }),
    },
    trialOf: ({ seriesIndex }) => curves[seriesIndex!]?.trial ?? null,
    numbers: () => ({
      ofTrials: true,
      columns: [
        { title: text.trials.number, number: true },
        { title: text.trials.state },
        { title: text.trials.lastStep, number: true },
        { title: context.objectiveTitle, number: true },
      ],
      rows: curves.flatMap(({ trial, state, steps, values }) =>
        steps.map((step, k) => [trial, text.trialStates[state], step, values[k]!]),
      ),
    }),
  };
}

const emphasis = (trial: number, { best }: PlotContext) => trial === best || trial === 0;

function tone(trial: number, { best, recommended }: PlotContext, colors: Colors): string {
  if (trial === best) return colors.found;
  return trial === 0 && recommended !== null ? colors.recommended : colors.base;
}

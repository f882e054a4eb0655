// The data of a plot of a study, in the form that crosses to the page.
import type { Figure, ParsedQueryOf } from '@goldilocks/protocol/page';
import {
  contourFigure,
  edfFigure,
  intermediateValuesFigure,
  optimizationHistoryFigure,
  parallelCoordinatesFigure,
  paramImportancesFigure,
  pedAnovaImportance,
  rankFigure,
  type StudySnapshot,
  sliceFigure,
  timelineFigure,
} from '@goldilocks/study';
import { HttpError } from '../../http/http-error.js';
import { excerpt } from '../../terminal/strip-control.js';
import { paretoOf, whyNoPareto } from './pareto.js';
import type { StudyView } from './study-view.js';

export interface FigureInput {
  readonly view: StudyView;
  /** Those to compare with, the first being the study itself; for history and EDF. */
  readonly snapshots: readonly StudySnapshot[];
  readonly options: { readonly objective?: number; readonly params?: readonly string[] };
}

type Kind = Figure['kind'];
type Drawn = { [Name in Kind]: (input: FigureInput) => Extract<Figure, { kind: Name }>['figure'] };

/** Curves beyond so many are one blur: the best and the newest are sent. */
const mostCurves = 500;

const figures: Drawn = {
  history: ({ snapshots, options }) => asJson(optimizationHistoryFigure(snapshots, options)),
  intermediate: ({ view }) => intermediate(view),
  parallel: ({ view, options }) => asJson(parallelCoordinatesFigure(view.snapshot, options)),
  contour: ({ view, options }) => asJson(contourFigure(view.snapshot, options)),
  slice: ({ view, options }) => asJson(sliceFigure(view.snapshot, options)),
  importances: ({ view, options }) => importances(view.snapshot, options),
  rank: ({ view, options }) => asJson(rankFigure(view.snapshot, options)),
  edf: ({ snapshots, options }) => asJson(edfFigure(snapshots, options)),
  timeline: ({ view }) => asJson(timelineFigure(view.snapshot)),
  pareto: ({ view }) => paretoOf(view),
};

/** Figures are values whose lists are read-only; nobody changes them on the way to JSON. */
function asJson<Value>(figure: unknown): Value {
  return figure as Value;
}

/** @throws HttpError 404 for a kind that is not there */
export function figureOf(kind: string, input: FigureInput): Figure {
  if (!Object.hasOwn(figures, kind)) {
    throw new HttpError(404, `There is no plot «${excerpt(kind)}»; there are ${Object.keys(figures).join(', ')}.`);
  }
  const figure = figures[kind as Kind](input);
  const isEmpty = figure === null || countOf(figure) === 0;
  return {
    kind,
    figure: isEmpty ? null : figure,
    sentence: isEmpty ? whyEmpty(kind as Kind, input.view) : '',
  } as Figure;
}

function countOf(figure: object): number {
  for (const key of ['trials', 'curves', 'panels', 'bars', 'at', 'series'] as const) {
    const list = (figure as Record<string, unknown>)[key];
    if (key === 'series' && Array.isArray(list)) return Math.max(0, ...list.map(({ trials }) => trials.length));
    if (key === 'bars' && Array.isArray(list) && list[0]?.params) return list[0].params.length;
    if (Array.isArray(list)) return list.length;
  }
  return 1;
}

function whyEmpty(kind: Kind, view: StudyView): string {
  if (view.trials.length === 0) return 'No trial has begun yet.';
  if (kind === 'pareto') return whyNoPareto(view);
  if (kind === 'intermediate') return 'No trial has been measured on its way yet.';
  if (kind === 'importances') return 'It takes ten complete trials to tell which hyperparameters matter.';
  return 'No trial has come to its end yet.';
}

function intermediate(view: StudyView): Extract<Figure, { kind: 'intermediate' }>['figure'] {
  const { x, y, curves } = intermediateValuesFigure(view.snapshot);
  const factor = view.kind === 'journey' ? 1000 : 1;
  const [direction] = view.study.directions;
  const sign = direction === 'maximize' ? -1 : 1;
  const last = (values: readonly (number | null)[]) => sign * (values.at(-1) ?? sign * Number.POSITIVE_INFINITY);
  const best = [...curves].sort((a, b) => last(a.values) - last(b.values)).slice(0, mostCurves / 2);
  const kept = curves.length <= mostCurves ? curves : [...new Set([...best, ...curves.slice(-mostCurves / 2)])];
  const range = x.range === null ? null : ([x.range[0] / factor, x.range[1] / factor] as [number, number]);
  return asJson({
    x: { ...x, range, label: view.kind === 'journey' ? 'share of the schedule' : x.label },
    y,
    curves: kept.map((curve) => ({ ...curve, steps: curve.steps.map((step) => step / factor) })),
    total: curves.length,
  });
}

const fewestForImportance = 10;

function importances(
  snapshot: StudySnapshot,
  options: FigureInput['options'],
): Extract<Figure, { kind: 'importances' }>['figure'] {
  const complete = snapshot.trials.filter(({ state }) => state === 'COMPLETE');
  if (complete.length < fewestForImportance) return null;
  return asJson(paramImportancesFigure(snapshot, { ...options, evaluator: pedAnovaImportance }));
}

/** Plots of one number, which take the first objective unless another is chosen. */
const ofOneNumber: readonly string[] = ['history', 'contour', 'slice', 'rank', 'edf'];

/** `params` is a list with commas. */
export function figureOptions(
  kind: string,
  { objective, params }: ParsedQueryOf<'figure'>,
  { study }: StudyView,
): FigureInput['options'] {
  const names = params?.split(',').filter((name) => name !== '') ?? [];
  const chosen = objective ?? (study.directions.length > 1 && ofOneNumber.includes(kind) ? 0 : undefined);
  return { ...(chosen !== undefined && { objective: chosen }), ...(names.length > 0 && { params: names }) };
}

// From a figure to its drawing.
import type { Figure } from '@goldilocks/protocol/page';
import type { Drawing } from '../../charts/drawing.js';
import type { PlotContext } from '../../charts/plots/context.js';
import { drawEdf } from '../../charts/plots/edf.js';
import { drawHistory } from '../../charts/plots/history.js';
import { drawImportances } from '../../charts/plots/importances.js';
import { drawIntermediate } from '../../charts/plots/intermediate.js';
import { drawContour, drawRank } from '../../charts/plots/pair.js';
import { drawParallel } from '../../charts/plots/parallel.js';
import { drawPareto } from '../../charts/plots/pareto.js';
import { drawSlice } from '../../charts/plots/slice.js';
import { drawTimeline } from '../../charts/plots/timeline.js';

/** Null where there is nothing to draw: no figure, or too few settings that vary. */
export function drawFigure(answer: Figure, context: PlotContext, x?: string, y?: string): Drawing | null {
  if (!answer.figure) return null;
  switch (answer.kind) {
    case 'history':
      return drawHistory(answer.figure, context);
    case 'intermediate':
      return drawIntermediate(answer.figure, context);
    case 'parallel':
      return drawParallel(answer.figure, context);
    case 'contour':
      return drawContour(answer.figure, context, x, y);
    case 'slice':
      return drawSlice(answer.figure, context);
    case 'importances':
      return drawImportances(answer.figure, context);
    case 'rank':
      return drawRank(answer.figure, context, x, y);
    case 'edf':
      return drawEdf(answer.figure, context);
    case 'timeline':
      return drawTimeline(answer.figure, context);
    case 'pareto':
      return drawPareto(answer.figure, context);
  }
}

// How alike two tasks are to a search: whether what was best for one is worth trying for the other.
import type { Plan } from '../plan/plan.js';

/** What of a plan says that. */
export type TaskFacts = Pick<Plan, 'model' | 'data' | 'taskKind' | 'similarity' | 'settings'>;

export interface Likeness {
  /** 1 = the same by all that is known, towards 0. */
  score: number;
  /** As in the middle of a sentence. */
  because: string;
}

/** Tasks below this are not alike: rows or lengths ten times apart, for example. */
const leastScore = 0.35;

/**
 * Null for tasks that are not alike: of another model, method or kind, or with data too different in number, length of
 * answers or familiarity to the model. Good rates and epochs depend on these most; thresholds are priors.
 */
export function likeness(one: TaskFacts, other: TaskFacts): Likeness | null {
  if (one.model.name !== other.model.name || one.model.layers !== other.model.layers) return null;
  if (one.settings.method !== other.settings.method || one.taskKind.kind !== other.taskKind.kind) return null;
  const apart =
    decades(one.data.rows, other.data.rows) +
    decades(one.data.completionTokens.mean, other.data.completionTokens.mean) +
    Math.abs((one.similarity?.textRatio ?? 1) - (other.similarity?.textRatio ?? 1));
  const score = Math.exp(-apart);
  if (score < leastScore) return null;
  const rows = `${other.data.rows.toLocaleString('en')} training examples where there are ${one.data.rows.toLocaleString('en')} now`;
  const answers = `answers of ${count(other.data.completionTokens.mean)} tokens against ${count(one.data.completionTokens.mean)}`;
  return { score, because: `the same model, method and kind of task (${one.taskKind.kind}), ${rows}, ${answers}` };
}

/** How many factors of ten lie between two positive numbers. */
function decades(a: number, b: number): number {
  return Math.abs(Math.log10(Math.max(1, a) / Math.max(1, b)));
}

const count = (mean: number) => Number(mean.toPrecision(2)).toLocaleString('en');

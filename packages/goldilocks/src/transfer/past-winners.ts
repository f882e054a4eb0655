// Where earlier searches on like data ended: settings that this one tries first, after the recommended ones.
import { movedInto, type SearchSpace } from '@goldilocks/study';
import type { JourneyContext } from '../journey/context.js';
import { loadRecord } from '../journey/record.js';
import { type Plan, paramsFromSettings } from '../plan/plan.js';
import { labelsOf } from '../studies/labels.js';
import { likeness } from './likeness.js';
import type { PastWinner } from './past-winner.js';

const most = 2;

/**
 * Of the finished studies here whose search found something better than what was recommended, the most alike first. A study
 * whose record cannot be read is passed over: it has no bearing on this one.
 */
export async function pastWinners({ storage, state, record }: JourneyContext, plan: Plan): Promise<PastWinner[]> {
  const found: (PastWinner & { score: number })[] = [];
  for (const { name, userAttributes } of await storage.getStudies()) {
    if (name === record.study || labelsOf(userAttributes).deletedUntil !== null) continue;
    const past = await loadRecord(state.study(name)).catch(() => undefined);
    if (past?.plan === undefined || past.final === undefined || past.final.found.trial === 0) continue;
    const like = likeness(plan, past.plan);
    if (like !== null) found.push({ study: name, settings: past.final.found.settings, ...like });
  }
  found.sort((a, b) => b.score - a.score);
  return found.slice(0, most).map(({ study, settings, because }) => ({ study, settings, because }));
}

/** Their values of what is searched, moved into the ranges; what does not fit, or is there already, is left out. */
export function winnersInSpace(plan: Plan, space: SearchSpace, winners: readonly PastWinner[]) {
  const known = new Set([JSON.stringify(movedInto(space, paramsFromSettings(plan, plan.settings)))]);
  return winners.flatMap(({ study, settings }) => {
    const params = movedInto(space, paramsFromSettings(plan, settings));
    const key = JSON.stringify(params);
    if (params === null || known.has(key)) return [];
    known.add(key);
    return [{ study, params }];
  });
}

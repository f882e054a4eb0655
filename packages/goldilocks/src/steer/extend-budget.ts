// Adds to a search's budget, once for each command however often it is taken up.
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { UserError } from '../errors.js';
import { budgetOf } from '../journey/options.js';
import type { JourneyRecord } from '../journey/record.js';

interface Budget {
  readonly minutes?: number | undefined;
  readonly trials?: number | undefined;
}

type Extension = Extract<SteeringCommand, { kind: 'extend' }>;

/** @throws UserError where the budget is counted in something else */
export function extended(before: Budget, { minutes, trials }: Extension): { minutes?: number; trials?: number } {
  if (minutes === undefined && trials === undefined) throw new UserError('Say by how much: minutes, or trials.');
  if (minutes !== undefined && before.minutes === undefined) {
    throw new UserError(`This budget is counted in trials (${before.trials}); give trials to add.`);
  }
  if (trials !== undefined && before.trials === undefined) {
    throw new UserError(`This budget is counted in time (${before.minutes} minutes); give minutes to add.`);
  }
  return {
    ...(before.minutes !== undefined && { minutes: before.minutes + (minutes ?? 0) }),
    ...(before.trials !== undefined && { trials: before.trials + (trials ?? 0) }),
  };
}

export function budgetSentence({ minutes, trials }: Budget): string {
  const parts = [
    ...(minutes === undefined ? [] : [`${Number(minutes.toFixed(2))} minutes`]),
    ...(trials === undefined ? [] : [`${trials} trials`]),
  ];
  return `The budget is now ${parts.join(' and ')}.`;
}

/** Of a journey. @throws UserError where its budget is counted in something else */
export async function extendBudget(
  { record, saveRecord }: { record: JourneyRecord; saveRecord(): Promise<void> },
  extension: Extension,
  id: string,
): Promise<string> {
  const budget = extended(budgetOf(record.settings), extension);
  if (!record.extensions?.includes(id)) {
    record.settings = { ...record.settings, budget };
    record.extensions = [...(record.extensions ?? []), id];
    await saveRecord();
  }
  return budgetSentence(budgetOf(record.settings));
}

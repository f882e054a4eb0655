// Adds to a journey's budget, once for each command however often it is taken up.
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { UserError } from '../errors.js';
import { budgetOf } from '../journey/options.js';
import type { JourneyRecord } from '../journey/record.js';

/** @throws UserError where the budget is counted in something else */
export async function extendBudget(
  { record, saveRecord }: { record: JourneyRecord; saveRecord(): Promise<void> },
  { minutes, trials }: Extract<SteeringCommand, { kind: 'extend' }>,
  id: string,
): Promise<string> {
  const before = budgetOf(record.settings);
  if (minutes === undefined && trials === undefined) throw new UserError('Say by how much: minutes, or trials.');
  if (minutes !== undefined && before.minutes === undefined) {
    throw new UserError(`This budget is counted in trials (${before.trials}); give trials to add.`);
  }
  if (trials !== undefined && before.trials === undefined) {
    throw new UserError(`This budget is counted in time (${before.minutes} minutes); give minutes to add.`);
  }
  const budget = {
    ...(before.minutes !== undefined && { minutes: before.minutes + (minutes ?? 0) }),
    ...(before.trials !== undefined && { trials: before.trials + (trials ?? 0) }),
  };
  if (!record.extensions?.includes(id)) {
    record.settings = { ...record.settings, budget };
    record.extensions = [...(record.extensions ?? []), id];
    await saveRecord();
  }
  const now = budgetOf(record.settings);
  const parts = [
    ...(now.minutes === undefined ? [] : [`${Number(now.minutes.toFixed(2))} minutes`]),
    ...(now.trials === undefined ? [] : [`${now.trials} trials`]),
  ];
  return `The budget is now ${parts.join(' and ')}.`;
}

// What the choices in the address ask the server for.
import type { Params, RunRequest, Searched } from '@goldilocks/protocol/page';
import { DEFAULT_MINUTES } from './BudgetFields.js';

export interface Choices {
  data: string;
  model?: string | undefined;
  minutes?: number | undefined;
  trials?: number | undefined;
  fixed?: Params | undefined;
  ranges?: Record<string, Searched> | undefined;
}

export function requestOf({ data, model, minutes, trials, fixed, ranges }: Choices): RunRequest {
  const limit = minutes ?? (trials === undefined ? DEFAULT_MINUTES : undefined);
  return {
    data,
    ...(model && { model }),
    budget: { ...(limit && { minutes: limit }), ...(trials && { trials }) },
    ...(fixed && Object.keys(fixed).length > 0 && { fixed }),
    ...(ranges && Object.keys(ranges).length > 0 && { ranges }),
    skipBadRows: true,
  };
}

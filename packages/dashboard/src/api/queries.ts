// What the page asks the server for, one query each; `news.ts` says when an answer is out of date.
import type { Figure, QueryOf } from '@goldilocks/protocol/page';
import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './client.js';
import { ServerError } from './errors.js';
import { mergeTrials, type TrialColumns } from './trial-store.js';

const retry = (failures: number, error: Error) => !(error instanceof ServerError && error.status < 500) && failures < 2;

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry, staleTime: 5_000, gcTime: 120_000, refetchOnWindowFocus: true } },
});

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => call('workspace', { signal }),
});

/** Estimates hold for as long as the page is open. */
export const trainingNeedsQuery = (query: QueryOf<'trainingNeeds'>) =>
  queryOptions({
    queryKey: ['training-needs', query],
    queryFn: ({ signal }) => call('trainingNeeds', { query, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const studiesQuery = queryOptions({
  queryKey: ['studies'],
  queryFn: ({ signal }) => call('studies', { signal }),
});

/** Everything of one study lies under this key. */
export const studyKey = (study: string) => ['study', study];

export const studyQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'overview'],
    queryFn: ({ signal }) => call('study', { path: { study }, signal }),
  });

export const trialsQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'trials'],
    queryFn: async ({ signal, queryKey, client }): Promise<TrialColumns> => {
      const before = client.getQueryData<TrialColumns>(queryKey);
      const query = before && { after: before.revision };
      return mergeTrials(before, await call('trials', { path: { study }, signal, ...(query && { query }) }));
    },
    // Tens of thousands of rows: merged by hand above, not compared value by value.
    structuralSharing: false,
  });

export const trialQuery = (study: string, trial: number) =>
  queryOptions({
    queryKey: [...studyKey(study), 'trial', trial],
    queryFn: ({ signal }) => call('trial', { path: { study, trial: String(trial) }, signal }),
  });

export const figureQuery = <Kind extends Figure['kind']>(study: string, kind: Kind, query: QueryOf<'figure'> = {}) =>
  queryOptions({
    queryKey: [...studyKey(study), 'figure', kind, query],
    queryFn: async ({ signal }) =>
      (await call('figure', { path: { study, kind }, query, signal })) as Extract<Figure, { kind: Kind }>,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

export const findingsQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'findings'],
    queryFn: ({ signal }) => call('findings', { path: { study }, signal }),
  });

export const reportQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'report'],
    queryFn: ({ signal }) => call('report', { path: { study }, signal }),
  });

export const confusionQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'confusion'],
    queryFn: ({ signal }) => call('confusion', { path: { study }, signal }),
  });

export const heldOutQuery = (study: string, offset: number) =>
  queryOptions({
    queryKey: [...studyKey(study), 'held-out', offset],
    queryFn: ({ signal }) => call('heldOut', { path: { study }, query: { offset }, signal }),
    placeholderData: keepPreviousData,
  });

export const takeawayQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'takeaway'],
    queryFn: ({ signal }) => call('takeaway', { path: { study }, signal }),
  });

export const HARD_ROWS = 10;

export const hardRowsQuery = (study: string, offset: number) =>
  queryOptions({
    queryKey: [...studyKey(study), 'hard-rows', offset],
    queryFn: ({ signal }) => call('hardRows', { path: { study }, query: { offset, limit: HARD_ROWS }, signal }),
    placeholderData: keepPreviousData,
  });

export const studyDataQuery = (study: string) =>
  queryOptions({
    queryKey: [...studyKey(study), 'data'],
    queryFn: ({ signal }) => call('studyData', { path: { study }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const inspectionQuery = (request: { data: string; model?: string | undefined }) =>
  queryOptions({
    queryKey: ['inspection', request],
    // Rows that cannot be read are shown among the problems rather than in the way.
    queryFn: ({ signal }) => call('inspect', { body: { ...request, skipBadRows: true }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rowsQuery = (inspection: string, query: QueryOf<'rows'>) =>
  queryOptions({
    queryKey: ['rows', inspection, query],
    queryFn: ({ signal }) => call('rows', { path: { inspection }, query, signal }),
    placeholderData: keepPreviousData,
  });

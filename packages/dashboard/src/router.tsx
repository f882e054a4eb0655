// Every view has an address; what is chosen in a view is in the address as well, so that back and reload keep it.

import { figureKinds } from '@goldilocks/protocol/page';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  redirect,
  type SearchSchemaInput,
  stringifySearchWith,
} from '@tanstack/react-router';
import { z } from 'zod';
import { Shell } from './components/Shell.js';
import { Empty, Failure } from './components/states.js';
import { text } from './text.js';

/** `12` in an address is read as a number, but may be meant as a word. */
const word = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Empty title={text.errors.notFound} />,
  errorComponent: ({ error }) => <Failure error={error instanceof Error ? error : new Error(String(error))} />,
});

const studiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: z.object({
    q: word.optional().catch(undefined),
    archived: z.boolean().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./views/studies/StudiesView.js'), 'StudiesView'),
});

const searched = z.union([
  z.object({ low: z.number(), high: z.number() }),
  z.object({ choices: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])) }),
]);

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/start',
  validateSearch: z.object({
    data: word.optional().catch(undefined),
    model: word.optional().catch(undefined),
    minutes: z.number().positive().optional().catch(undefined),
    trials: z.number().int().positive().optional().catch(undefined),
    fixed: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .catch(undefined),
    ranges: z.record(z.string(), searched).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./views/start/StartView.js'), 'StartView'),
});

export type StudySearch = { where?: string | undefined };

/** `where` filters trials in every view of a study; see `filter/where.ts`. */
const studyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/s/$study',
  validateSearch: (search: { where?: unknown } & SearchSchemaInput): StudySearch =>
    search.where === undefined || search.where === '' ? {} : { where: String(search.where) },
  component: lazyRouteComponent(() => import('./views/study/StudyFrame.js'), 'StudyFrame'),
});

const liveRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./views/live/LiveView.js'), 'LiveView'),
});
const knobsRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'just-right',
  component: lazyRouteComponent(() => import('./views/just-right/JustRightView.js'), 'JustRightView'),
});
const trialsRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'trials',
  validateSearch: z.object({
    sort: word.optional().catch(undefined),
    hide: word.optional().catch(undefined),
    chosen: word.optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./views/trials/TrialsView.js'), 'TrialsView'),
});
const trialRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'trials/$trial',
  component: lazyRouteComponent(() => import('./views/trials/TrialView.js'), 'TrialView'),
});
const compareRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'compare',
  validateSearch: z.object({ trials: word.catch('') }),
  component: lazyRouteComponent(() => import('./views/trials/CompareView.js'), 'CompareView'),
});
const plotsRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'plots',
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: '/s/$study/plots/$kind', params: { ...params, kind: 'history' }, search });
  },
});
const plotRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'plots/$kind',
  validateSearch: z.object({
    objective: z.number().int().min(0).optional().catch(undefined),
    x: word.optional().catch(undefined),
    y: word.optional().catch(undefined),
    with: word.optional().catch(undefined),
    log: z.boolean().optional().catch(undefined),
  }),
  beforeLoad: ({ params, search }) => {
    if ((figureKinds as string[]).includes(params.kind)) return;
    throw redirect({ to: '/s/$study/plots/$kind', params: { study: params.study, kind: 'history' }, search });
  },
  component: lazyRouteComponent(() => import('./views/plots/PlotView.js'), 'PlotView'),
});
const dataRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'data',
  validateSearch: z.object({ from: z.number().int().min(0).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./views/data/StudyDataView.js'), 'StudyDataView'),
});
const tryRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'try',
  validateSearch: z.object({ model: z.enum(['base', 'tuned']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./views/try/TryView.js'), 'TryView'),
});
const takeRoute = createRoute({
  getParentRoute: () => studyRoute,
  path: 'take',
  component: lazyRouteComponent(() => import('./views/take/TakeView.js'), 'TakeView'),
});

const routeTree = rootRoute.addChildren([
  studiesRoute,
  startRoute,
  studyRoute.addChildren([
    liveRoute,
    knobsRoute,
    trialsRoute,
    trialRoute,
    compareRoute,
    plotsRoute,
    plotRoute,
    dataRoute,
    tryRoute,
    takeRoute,
  ]),
]);

/** Words are written as they are; only what is not a word is JSON. */
export const router = createRouter({
  parseSearch: parseSearchWith(JSON.parse),
  stringifySearch: stringifySearchWith(JSON.stringify),
  routeTree,
  scrollRestoration: true,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// All handlers of the API, put together.
import { commandHandlers } from './handlers/command-handlers.js';
import { dataHandlers } from './handlers/data-handlers.js';
import { jobHandlers } from './handlers/job-handlers.js';
import { newsHandler } from './handlers/news-handler.js';
import { studyHandlers } from './handlers/study-handlers.js';
import { useHandlers } from './handlers/use-handlers.js';
import { workspaceHandlers } from './handlers/workspace-handlers.js';
import type { Handlers } from './route-types.js';
import type { ServerPlace } from './workplace.js';
import { Inspections } from './workspace/inspections.js';

export function createHandlers(place: ServerPlace): { routes: Handlers; close(): Promise<void> } {
  const inspections = new Inspections();
  const use = useHandlers(place, inspections);
  return {
    routes: {
      ...workspaceHandlers(place),
      ...newsHandler(place),
      ...dataHandlers(place, inspections),
      ...jobHandlers(place),
      ...studyHandlers(place),
      ...commandHandlers(place),
      ...use.routes,
    },
    close: () => use.close(),
  };
}

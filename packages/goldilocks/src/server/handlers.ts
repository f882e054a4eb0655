// All handlers of the API, put together.
import { commandHandlers } from './handlers/command-handlers.js';
import { newsHandler } from './handlers/news-handler.js';
import { studyHandlers } from './handlers/study-handlers.js';
import { workspaceHandlers } from './handlers/workspace-handlers.js';
import type { Handlers } from './route-types.js';
import type { ServerPlace } from './workplace.js';

export function createHandlers(place: ServerPlace): { routes: Partial<Handlers>; close(): Promise<void> } {
  return {
    routes: {
      ...workspaceHandlers(place),
      ...newsHandler(place),
      ...studyHandlers(place),
      ...commandHandlers(place),
    },
    async close() {},
  };
}

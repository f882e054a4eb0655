// Routes of the workspace: who may come in, and what there is.
import { statfs } from 'node:fs/promises';
import { cpus, freemem, release, totalmem, type } from 'node:os';
import { version } from '../../cli/version.js';
import { trainingNeeds } from '../../preview/training-needs.js';
import type { Handlers } from '../route-types.js';
import type { ServerPlace } from '../workplace.js';
import { baseModels } from '../workspace/base-models.js';
import { dataEndings, dataFiles } from '../workspace/data-files.js';
import { Estimates } from '../workspace/estimates.js';
import { uploadBytes } from '../workspace/upload.js';

export function workspaceHandlers(place: ServerPlace): Pick<Handlers, 'openSession' | 'workspace' | 'trainingNeeds'> {
  const { folder, state, sessions, book } = place;
  const estimates = new Estimates((asked) => trainingNeeds({ ...asked, folder }));
  return {
    async openSession({ body }) {
      return { secret: await sessions.exchange(body.token) };
    },
    trainingNeeds: ({ query }) => estimates.of(query),
    async workspace() {
      const views = await book.all();
      const journeys = views.flatMap(({ journey }) => (journey === undefined ? [] : [journey]));
      const [models, files, freeDiskBytes] = await Promise.all([
        baseModels(folder, journeys),
        dataFiles(folder),
        freeDisk(folder),
      ]);
      return {
        folder,
        stateFolder: state.root,
        version: version(),
        machine: { ...machine(), freeDiskBytes },
        models,
        dataFiles: files,
        limits: { uploadBytes, dataEndings },
      };
    },
  };
}

function machine() {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processor: processors[0]?.model.trim() ?? '',
    cores: processors.length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
}

async function freeDisk(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null; // a file system that does not say
  }
}

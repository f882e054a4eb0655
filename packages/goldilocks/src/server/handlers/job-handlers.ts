// Routes that plan and start jobs, and stop and resume their processes.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { ParsedBodyOf, StudySummary } from '@goldilocks/protocol/page';
import { defaultModel, locateModel } from '../../base-models/locate.js';
import { UserError } from '../../errors.js';
import { HttpError } from '../../http/http-error.js';
import { locate } from '../../inspect/reading/sources.js';
import { nameStudy, workerOf } from '../../journey/open-study.js';
import { checkJourneySettings, type JourneySettings } from '../../journey/options.js';
import { planData } from '../../preview/plan-data.js';
import { checkOutput, freeOutput } from '../../state/output.js';
import { startJob } from '../jobs.js';
import type { Handlers } from '../route-types.js';
import type { StudyView } from '../study/study-view.js';
import { summaryOf } from '../study/summary.js';
import type { ServerPlace } from '../workplace.js';
import { insideWorkspace } from '../workspace/data-files.js';
import { dataOptionsOf } from '../workspace/inspections.js';
import { plannedOf } from '../workspace/planned.js';
import { userSettingsOf } from '../workspace/user-settings.js';

type Names = 'plan' | 'start' | 'resumeStudy' | 'stopStudy';

export function jobHandlers(place: ServerPlace): Pick<Handlers, Names> {
  const { folder, state, book, pulse } = place;

  const changed = async (view: StudyView): Promise<StudySummary> => {
    await view.refresh(true);
    pulse.tell({ type: 'studies' });
    pulse.tell({ type: 'study', study: view.key });
    return summaryOf(view);
  };

  return {
    async plan({ body, signal }, tell) {
      const { pilot, budget = { minutes: 30 }, ranges, ...request } = body;
      const settings = settingsOf(folder, request);
      try {
        const planned = await planData({
          ...settings,
          ...{ budget, pilot, signal },
          tell: (text) => void tell({ type: 'note', text }).catch(() => undefined), // the client is gone
        });
        await tell({ type: 'plan', plan: plannedOf(planned, ranges) });
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof UserError)) throw error;
        await tell({ type: 'failed', message: error.message });
      }
    },
    async start({ body }) {
      const { study: wanted, out, budget, ranges, ...request } = body;
      const base = settingsOf(folder, request);
      const study = await nameStudy(book.storage, base.data, wanted);
      const output = insideWorkspace(folder, out ?? (await freeOutput(folder, `${study}-result`)));
      const settings: JourneySettings = { ...base, budget, ranges, study, out: output };
      checkJourneySettings(settings);
      await locateModel(settings.model ?? defaultModel);
      await locate(settings.data);
      await checkOutput(settings.out, settings);
      await startJob(state, study, { kind: 'run', settings });
      pulse.tell({ type: 'studies' });
      return { study };
    },
    async resumeStudy({ path }) {
      const view = await book.findToWrite(path.study);
      if (view.isWorkedOn) throw new HttpError(409, `The study «${view.study.name}» is being worked on already.`);
      if (view.journey === undefined || view.journey.report !== undefined) {
        throw new HttpError(409, `The study «${view.study.name}» has nothing to go on with.`);
      }
      await startJob(state, view.study.name, { kind: 'resume', study: view.study.name });
      return changed(view);
    },
    async stopStudy({ path }) {
      const view = await book.findToWrite(path.study);
      const worker = view.folder === undefined ? undefined : await workerOf(view.folder);
      if (worker === undefined) throw new HttpError(409, `No process works on the study «${view.study.name}».`);
      if (worker.host !== hostname()) {
        throw new HttpError(409, `The study is worked on by ${worker.host}; stop it there.`);
      }
      process.kill(worker.pid, 'SIGINT');
      return changed(view);
    },
  };
}

type Request = Omit<ParsedBodyOf<'start'>, 'study' | 'out' | 'budget' | 'ranges'>;

function settingsOf(folder: string, { model, metric, method, seed, fixed, ...data }: Request) {
  return {
    ...dataOptionsOf(data, insideWorkspace(folder, data.data)),
    ...{ metric, method, seed, settings: userSettingsOf(fixed) },
    model: model === undefined ? undefined : modelOf(folder, model),
  };
}

/** A folder as seen from the workspace where there is one of that name; else what the journey finds by it. */
function modelOf(folder: string, model: string): string {
  const path = resolve(folder, model);
  return existsSync(path) ? path : model;
}

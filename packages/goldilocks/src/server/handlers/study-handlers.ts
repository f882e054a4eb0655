// Routes of studies: the list, one at a glance, its trials, plots, cards and report.
import type { StudySummary } from '@goldilocks/protocol/page';
import { HttpError } from '../../http/http-error.js';
import { setLabels } from '../../studies/labels.js';
import { deletable, sweepDeleted, undoMs } from '../deletion.js';
import type { Handlers } from '../route-types.js';
import { figureOf, figureOptions } from '../study/figure.js';
import { LiveFindingsCache } from '../study/findings.js';
import { overviewOf } from '../study/overview.js';
import type { StudyView } from '../study/study-view.js';
import { summaryOf } from '../study/summary.js';
import { trialColumns } from '../study/trial-columns.js';
import { trialDetail } from '../study/trial-detail.js';
import type { ServerPlace } from '../workplace.js';

type Names =
  | ('studies' | 'openDatabase' | 'changeDatabase' | 'closeDatabase')
  | ('study' | 'changeStudy' | 'deleteStudy' | 'restoreStudy')
  | ('trials' | 'trial' | 'figure' | 'findings' | 'report');

export function studyHandlers({ book, pulse, state }: ServerPlace): Pick<Handlers, Names> {
  const findings = new LiveFindingsCache();

  const changed = async (view: StudyView): Promise<StudySummary> => {
    await view.refresh(true);
    pulse.tell({ type: 'studies' });
    pulse.tell({ type: 'study', study: view.key });
    return summaryOf(view);
  };

  return {
    async studies() {
      await sweepDeleted(book, state);
      const views = await book.all();
      for (const view of views) await view.refresh();
      return { studies: views.map(summaryOf), databases: book.databases };
    },
    async openDatabase({ body }) {
      const opened = await book.open(body.path);
      pulse.tell({ type: 'studies' });
      return opened;
    },
    async changeDatabase({ path, body }) {
      const database = await book.setReadOnly(path.database, body.readOnly);
      pulse.tell({ type: 'studies' });
      return database;
    },
    async closeDatabase({ path }) {
      await book.closeDatabase(path.database);
      pulse.tell({ type: 'studies' });
      return {};
    },

    async study({ path }) {
      return overviewOf(await book.find(path.study));
    },
    async changeStudy({ path, body }) {
      const view = await book.findToWrite(path.study);
      await setLabels(view.storage, view.study.id, body);
      return changed(view);
    },
    async deleteStudy({ path }) {
      const view = await book.findToWrite(path.study);
      deletable(view);
      const deletedUntil = new Date(Date.now() + undoMs).toISOString();
      await setLabels(view.storage, view.study.id, { deletedUntil });
      return changed(view);
    },
    async restoreStudy({ path }) {
      const view = await book.findToWrite(path.study);
      await setLabels(view.storage, view.study.id, { deletedUntil: null });
      return changed(view);
    },

    async trials({ path, query }) {
      return trialColumns(await book.find(path.study), query.after);
    },
    async trial({ path }) {
      return trialDetail(await book.find(path.study), numberOf(path.trial));
    },
    async figure({ path, query }) {
      const view = await book.find(path.study);
      const others = (query.studies ?? '').split(',').filter((key) => key !== '' && key !== path.study);
      const views = [view, ...(await Promise.all(others.map((key) => book.find(key))))];
      const snapshots = views.map(({ snapshot }) => snapshot);
      return figureOf(path.kind, { view, snapshots, options: figureOptions(path.kind, query, view) });
    },
    async findings({ path }) {
      return findings.get(await book.find(path.study));
    },
    async report({ path }) {
      const { journey, study } = await book.find(path.study);
      if (journey?.report !== undefined) return journey.report;
      throw new HttpError(404, `The study «${study.name}» is not finished, so there is no report yet.`);
    },
  };
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new HttpError(400, 'A trial is named by its number.');
}

// Routes of data: brought in, inspected, looked through, corrected. The reading is done in a process of its own.
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { HttpError } from '../../http/http-error.js';
import { inspectData } from '../../preview/inspect-data.js';
import { relocate } from '../../state/relocate.js';
import type { Handlers } from '../route-types.js';
import type { StudyView } from '../study/study-view.js';
import type { ServerPlace } from '../workplace.js';
import { writeCorrected } from '../workspace/correct.js';
import { describeFile, insideWorkspace, uploadFolder } from '../workspace/data-files.js';
import { hardRowsOf } from '../workspace/hard-rows.js';
import {
  dataOptionsOf,
  type Inspections,
  inspectionOf,
  type KeptInspection,
  rowsOf,
  stemOf,
} from '../workspace/inspections.js';
import { takeUpload } from '../workspace/upload.js';

type Names = 'upload' | 'inspect' | 'rows' | 'correctData' | 'studyData' | 'hardRows';

export function dataHandlers({ folder, book }: ServerPlace, inspections: Inspections): Pick<Handlers, Names> {
  return {
    async upload({ query, bytes }) {
      return { file: await describeFile(folder, await takeUpload(folder, query.name, bytes)) };
    },
    async inspect({ body, signal }) {
      const { model, ...request } = body;
      const options = dataOptionsOf(request, insideWorkspace(folder, body.data));
      const data = await inspectData({ ...options, model, signal });
      return inspectionOf(inspections.add(options, data), body.data);
    },
    async rows({ path, query }) {
      return rowsOf(inspections.find(path.inspection), query);
    },
    async correctData({ path, body }) {
      const kept = inspections.find(path.inspection);
      const file = freePath(folder, `${stemOf(kept.options.data)}-corrected`);
      const counts = await writeCorrected(kept, body.corrections, file);
      return { file: await describeFile(folder, file), ...counts };
    },
    async studyData({ path, signal }) {
      const view = await book.find(path.study);
      const kept = await inspectStudy(view, inspections, signal);
      return inspectionOf(kept, relative(folder, kept.options.data));
    },
    async hardRows({ path, query, signal }) {
      const view = await book.find(path.study);
      return hardRowsOf(view, await inspectStudy(view, inspections, signal), query);
    },
  };
}

function freePath(folder: string, stem: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, uploadFolder, `${number === 1 ? stem : `${stem}-${number}`}.jsonl`);
    if (!existsSync(path)) return path;
  }
}

/** A study's own data, inspected once. @throws HttpError 404 for a study that has none, 409 for data that have changed */
export async function inspectStudy(
  { key, journey, study }: StudyView,
  inspections: Inspections,
  signal: AbortSignal,
): Promise<KeptInspection> {
  const id = `study:${key}`;
  const known = inspections.get(id);
  if (known !== undefined) return known;
  if (journey === undefined) throw new HttpError(404, `The study «${study.name}» has no data that are known here.`);
  const settings = relocate(journey.settings, journey.workingDirectory);
  const { data, model, task, skipBadRows, validationShare, testShare, splitColumn, ...columns } = settings;
  const { textColumn, promptColumn, completionColumn, labelColumn, labelColumns } = columns;
  const options = {
    ...{ data: resolve(data), task, skipBadRows, validationShare, testShare, splitColumn },
    ...{ textColumn, promptColumn, completionColumn, labelColumn, labelColumns },
  };
  const found = await inspectData({ ...options, model, signal });
  if (journey.dataHash !== undefined && found.dataHash !== journey.dataHash) {
    throw new HttpError(
      409,
      `${data} has changed since the study «${study.name}» began, so its rows cannot be shown.`,
      'Put the file back as it was.',
    );
  }
  return inspections.add(options, found, id);
}

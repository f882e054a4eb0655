// Deleting studies: marked first, so that it can be taken back, and gone for good only when that time is over.
import { rm } from 'node:fs/promises';
import { deleteStudy } from '@goldilocks/study';
import { HttpError } from '../http/http-error.js';
import { workerOf } from '../journey/open-study.js';
import type { StateFolder } from '../state/folder.js';
import { labelsOf } from '../studies/labels.js';
import type { StudyBook } from './study/book.js';
import type { StudyView } from './study/study-view.js';

/** How long a deletion can be taken back. */
export const undoMs = 24 * 60 * 60 * 1000;

/** @throws HttpError 409 for a study that a process works on */
export function deletable({ isWorkedOn, study }: StudyView): void {
  if (!isWorkedOn) return;
  throw new HttpError(409, `The study «${study.name}» is being worked on.`, 'Stop it first.');
}

/** Removes studies of the workspace whose time to be brought back is over, with what lies in their folders. */
export async function sweepDeleted(book: StudyBook, state: StateFolder): Promise<void> {
  for (const { name, userAttributes } of await book.storage.getStudies()) {
    const { deletedUntil } = labelsOf(userAttributes);
    if (deletedUntil === null || Date.parse(deletedUntil) > Date.now()) continue;
    if ((await workerOf(state.study(name))) !== undefined) continue;
    book.forget(name);
    await deleteStudy(book.storage, name);
    await rm(state.study(name), { recursive: true, force: true });
  }
}

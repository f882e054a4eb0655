// What a person did to a study as a whole: its title, whether it is archived or deleted. Kept as attributes of the study.
import type { Attributes, Storage } from '@goldilocks/study';

const TITLE = 'goldilocks:title';
const ARCHIVED = 'goldilocks:archived';
const DELETED = 'goldilocks:deleted-until';

export interface StudyLabels {
  readonly title: string | undefined;
  readonly archived: boolean;
  /** ISO 8601, until when the deletion can be taken back; null unless deleted. */
  readonly deletedUntil: string | null;
}

export function labelsOf(userAttributes: Attributes): StudyLabels {
  const { [TITLE]: title, [DELETED]: deleted } = userAttributes;
  return {
    title: typeof title === 'string' ? title : undefined,
    archived: userAttributes[ARCHIVED] === true,
    deletedUntil: typeof deleted === 'string' ? deleted : null,
  };
}

export async function setLabels(storage: Storage, studyId: number, labels: Partial<StudyLabels>): Promise<void> {
  const { title, archived, deletedUntil } = labels;
  if (title !== undefined) await storage.setStudyUserAttribute(studyId, TITLE, title);
  if (archived !== undefined) await storage.setStudyUserAttribute(studyId, ARCHIVED, archived);
  if (deletedUntil !== undefined) await storage.setStudyUserAttribute(studyId, DELETED, deletedUntil);
}

// The settings with which an earlier search on like data ended.
import type { TrainingSettings } from '@goldilocks/trainer';

export interface PastWinner {
  study: string;
  settings: TrainingSettings;
  /** Why the study is taken for like this one. */
  because: string;
}

export function pastSentence({ study, because }: PastWinner): string {
  return `The best settings of the study «${study}» are tried early: ${because}. --fresh leaves past studies out.`;
}

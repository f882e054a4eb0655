// What went wrong with a run, in words a person can act on.

export interface Diagnosis {
  kind: 'not-finite' | 'diverged' | 'stuck';
  step: number;
  /** What was seen, with its numbers. */
  message: string;
  /** What to change. */
  advice: string;
}

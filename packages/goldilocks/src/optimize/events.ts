// What happens while a command's flags are searched, for displays and programs.
import type { JsonValue } from '@goldilocks/study';
import type { TrialFailureKind } from './failure.js';

export type TrialParams = Readonly<Record<string, JsonValue>>;

export type OptimizeEvent =
  | {
      readonly type: 'study-started';
      readonly study: string;
      /** The program's name, for a title. */
      readonly program: string;
      readonly metrics: readonly string[];
      /** What the space says of its results. */
      readonly note?: string;
      readonly budgetSeconds: number | null;
      readonly budgetTrials: number | null;
      /** Trials and seconds of earlier sittings. */
      readonly trialsBefore: number;
      readonly spentSeconds: number;
    }
  | { readonly type: 'trial-started'; readonly trial: number; readonly params: TrialParams; readonly device?: string }
  /** A value of the first metric; `at` is the step as the command counts it. */
  | {
      readonly type: 'trial-value';
      readonly trial: number;
      readonly step: number;
      readonly value: number;
      readonly at: string;
    }
  | {
      readonly type: 'trial-finished';
      readonly trial: number;
      readonly values: readonly number[];
      readonly seconds: number;
    }
  | { readonly type: 'trial-pruned'; readonly trial: number; readonly seconds: number; readonly reason: string }
  | {
      readonly type: 'trial-failed';
      readonly trial: number;
      readonly kind: TrialFailureKind;
      readonly message: string;
      /** Its settings will be tried again. */
      readonly isRetried: boolean;
    }
  /** Of one metric only. */
  | { readonly type: 'best'; readonly trial: number; readonly value: number; readonly params: TrialParams }
  /** What came of something that a person told the search. */
  | {
      readonly type: 'command';
      readonly id: string;
      readonly kind: string;
      readonly state: 'done' | 'refused';
      readonly sentence: string;
    }
  | { readonly type: 'message'; readonly level: 'info' | 'warning'; readonly text: string }
  | { readonly type: 'interrupted'; readonly resumeCommand: string }
  | { readonly type: 'study-finished'; readonly seconds: number };

// Divides what is left of the budget after the pilot between search, confirmation, final run and test.
import { meanTrialShare } from '../plan/cost.js';

export interface ScheduleInput {
  /** Seconds from now to the end of the budget; infinite where the budget counts trials. */
  secondsLeft: number;
  trials?: number;
  /** Training examples. */
  examples: number;
  /** Predicted seconds of a whole run of the recommended settings on a share of the training examples, start included. */
  runSeconds(share: number): number;
  startSeconds: number;
  /** Predicted seconds to test the three models, and to write the result. */
  testSeconds: number;
}

export interface Schedule {
  /** Share of the training examples that search and confirmation use. */
  share: number;
  /** Trials the search is expected to start, trial 0 included. */
  trials: number;
  searchSeconds: number;
  confirmSeconds: number;
  /** For the recommended and the found settings on all training data; 0 where the search uses them all. */
  finalSeconds: number;
  testSeconds: number;
  /** Predicted seconds of one whole run of the recommended settings in the search. */
  runSeconds: number;
}

/** Fewer examples say too little about the whole. */
const fewestExamples = 100;
const shares = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 6, 1 / 8, 1 / 12, 1 / 16, 1 / 24, 1 / 32];

/** Trials below which a search sees too little to be worth all the data. */
const enoughTrials = 8;

/** Confirmation's part of the time for search and confirmation. */
export const confirmShare = 0.25;

/**
 * The largest share of the training examples with which at least eight trials fit; where there is none, the one with
 * the most trials. What a subset ranks first is mostly first on the whole too (2602.11171).
 */
export function scheduleSearch(input: ScheduleInput): Schedule {
  if (!Number.isFinite(input.secondsLeft)) return byTrials(input);
  const possible = shares.filter((share) => share === 1 || share * input.examples >= fewestExamples);
  const schedules = possible.map((share) => bySeconds(input, share));
  const enough = schedules.find(({ trials }) => trials >= enoughTrials);
  return enough ?? schedules.reduce((best, next) => (next.trials > best.trials ? next : best));
}

function byTrials({ trials = 1, runSeconds, startSeconds, testSeconds }: ScheduleInput): Schedule {
  const run = runSeconds(1);
  const searchSeconds = run + (trials - 1) * trialSeconds(run, startSeconds);
  const confirmSeconds = 2 * confirmRounds(trials) * run;
  return { share: 1, trials, searchSeconds, confirmSeconds, finalSeconds: 0, testSeconds, runSeconds: run };
}

function bySeconds(
  { secondsLeft, runSeconds, startSeconds, testSeconds, trials: most }: ScheduleInput,
  share: number,
): Schedule {
  const run = runSeconds(share);
  const finalSeconds = share === 1 ? 0 : 2 * runSeconds(1);
  const forBoth = Math.max(0, secondsLeft - testSeconds - finalSeconds);
  // At least the recommended and one challenger on one other seed.
  const confirmSeconds = Math.min(Math.max(2 * run, confirmShare * forBoth), 0.5 * forBoth);
  const searchSeconds = forBoth - confirmSeconds;
  const further = Math.floor((searchSeconds - run) / trialSeconds(run, startSeconds));
  const trials = Math.min(most ?? Number.POSITIVE_INFINITY, 1 + Math.max(0, further));
  return { share, trials, searchSeconds, confirmSeconds, finalSeconds, testSeconds, runSeconds: run };
}

/** Rounds of a confirmation of so many trials, each of a run of the recommended settings and one of a rival. */
export function confirmRounds(trials: number): number {
  return Math.min(3, Math.max(1, Math.round(trials / 8)));
}

/** An average trial is carried out in part, and its pieces start a process each. */
export function trialSeconds(runSeconds: number, startSeconds: number): number {
  return (runSeconds - startSeconds) * meanTrialShare + 1.5 * startSeconds;
}

// Refuses a command that makes no sense for its study, before it is written down.
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { UserError } from '../errors.js';
import type { JourneyRecord } from '../journey/record.js';
import type { OptimizeRecord } from '../optimize/record.js';
import { excerpt } from '../terminal/strip-control.js';

export interface CommandedStudy {
  readonly study: string;
  /** Trials started so far. */
  readonly trials: number;
  readonly journey: JourneyRecord | undefined;
  readonly search: OptimizeRecord | undefined;
}

/** @throws UserError saying what is wrong, and what would do */
export function checkCommand(command: SteeringCommand, study: CommandedStudy): void {
  const trial = 'trial' in command ? command.trial : undefined;
  if (trial !== undefined && trial >= study.trials) {
    const there = study.trials === 0 ? 'it has none yet' : `it has ${study.trials}, from 0`;
    throw new UserError(`The study «${excerpt(study.study)}» has no trial ${trial}; ${there}.`);
  }
  if (command.kind === 'mark' || command.kind === 'note') return;
  const reason = whyNotSteered(study);
  if (reason !== '') throw new UserError(`«${excerpt(study.study)}» cannot be steered. ${reason}`);
  if (study.search !== undefined) checkSearch(command, study.study, study.search);
  else checkJourney(command, study);
}

/** Why a study takes no commands but marks and notes, and what can be done instead; empty where it takes them. */
export function whyNotSteered({ journey, search }: Pick<CommandedStudy, 'journey' | 'search'>): string {
  if (journey?.settings.cluster !== undefined) {
    return 'Its trials run on other machines, each of which reads what to search when it joins and then follows its own trial. What can be done: stop it for now and go on later, let more machines join (goldilocks worker), or start a study with other ranges; marks and notes can be made.';
  }
  if (search?.storage !== undefined) {
    return 'Several processes may work on it, each of which reads what to search when it starts. What can be done: end them (Ctrl-C) and go on with another budget (goldilocks resume), or start a study with other ranges; marks and notes can be made.';
  }
  return '';
}

function checkJourney(command: SteeringCommand, study: CommandedStudy): void {
  if (study.journey === undefined) {
    throw new UserError(
      `No search of goldilocks runs in the study «${excerpt(study.study)}», so it cannot be steered; marks and notes can be made.`,
    );
  }
  if (study.journey.report !== undefined) {
    throw new UserError(`The study «${excerpt(study.study)}» is finished; marks and notes can still be made.`);
  }
  if (study.journey.searched && command.kind !== 'pause' && command.kind !== 'resume') {
    throw new UserError(
      `The search of «${excerpt(study.study)}» is over, and its best are being confirmed and trained; it can be paused, no more.`,
    );
  }
}

function checkSearch(command: SteeringCommand, study: string, { finished }: OptimizeRecord): void {
  if (!finished) return;
  const more = command.kind === 'extend' ? ` More trials: goldilocks resume ${excerpt(study)} --trials NUMBER.` : '';
  throw new UserError(`The search «${excerpt(study)}» is finished; marks and notes can still be made.${more}`);
}

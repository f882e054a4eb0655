// Trials in columns: fifty thousand of them are a few numbers' lists, not fifty thousand objects.
import { type ParamColumn, type Trials, trialStates } from '@goldilocks/protocol/page';
import { type Distribution, type FrozenTrial, violation } from '@goldilocks/study';
import { notesOn } from '../../steer/commands.js';
import { finite } from './live-state.js';
import { secondsOf, stepOf, titleOf } from './shown.js';
import type { StudyView } from './study-view.js';

/** `view` must be fresh. */
export function trialColumns(view: StudyView, after: string | undefined): Trials {
  const { table, study, marked, commands } = view;
  const { whole, trials } = table.since(after);
  const noted = new Map<number, number>();
  for (const { command } of commands) {
    if (command.kind !== 'note' || command.trial === undefined || noted.has(command.trial)) continue;
    noted.set(command.trial, notesOn(commands, command.trial).length);
  }
  const lasts = trials.map(({ intermediateValues }) => lastOf(intermediateValues));
  return {
    revision: table.revision,
    whole,
    total: table.trials.length,
    numbers: trials.map(({ number }) => number),
    states: trials.map(({ state }) => trialStates.indexOf(state)),
    values: study.directions.map((_, i) => trials.map(({ values }) => finite(values?.[i]))),
    params: paramColumns(table.trials, trials),
    lastValues: lasts.map((last) => finite(last?.[1])),
    lastSteps: lasts.map((last) => (last === undefined ? null : stepOf(view, last[0]))),
    startedAt: trials.map(({ startedAt }) => startedAt?.getTime() ?? null),
    completedAt: trials.map(({ completedAt }) => completedAt?.getTime() ?? null),
    seconds: trials.map(secondsOf),
    feasible: trials.map((trial) => violation(trial) === 0),
    marked: trials.map(({ number }) => marked.has(number)),
    notes: trials.map(({ number }) => noted.get(number) ?? 0),
  };
}

function lastOf(values: ReadonlyMap<number, number>): [number, number] | undefined {
  let last: [number, number] | undefined;
  for (const entry of values) if (last === undefined || entry[0] > last[0]) last = entry;
  return last;
}

/** Columns of `trials` for every parameter that any of `all` has. */
function paramColumns(all: readonly FrozenTrial[], trials: readonly FrozenTrial[]): ParamColumn[] {
  const distributions = new Map<string, Distribution>();
  for (const trial of all) {
    for (const name in trial.distributions) distributions.set(name, trial.distributions[name]!);
  }
  return [...distributions].map(([name, distribution]) => {
    const title = titleOf(name);
    if (distribution.type !== 'categorical') {
      const values = trials.map(({ params }) => finite(params[name] as number | undefined));
      return { name, title, scale: distribution.log ? 'log' : 'linear', choices: null, values };
    }
    const choices = distribution.choices.map((choice) =>
      typeof choice === 'string' ? choice : JSON.stringify(choice),
    );
    const places = new Map(choices.map((choice, i) => [choice, i]));
    const values = trials.map(({ params }) => {
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return value === undefined
        ? null
        : (places.get(typeof value === 'string' ? value : JSON.stringify(value)) ?? null);
    });
    return { name, title, scale: 'choice', choices, values };
  });
}

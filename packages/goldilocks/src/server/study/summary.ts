// A study in a line of the list.
import type { StudyState, StudySummary } from '@goldilocks/protocol/page';
import { bestOf, type FrozenTrial } from '@goldilocks/study';
import { defaultModel } from '../../base-models/locate.js';
import { quote } from '../../journey/report/command.js';
import { relocate } from '../../state/relocate.js';
import { isPaused } from '../../steer/commands.js';
import { labelsOf } from '../../studies/labels.js';
import { finite } from './live-state.js';
import type { StudyView } from './study-view.js';

/** `view` must be fresh. */
export function summaryOf(view: StudyView): StudySummary {
  const { study, journey, search, live, key, database, isReadOnly, kind } = view;
  const { title = study.name, archived, deletedUntil } = labelsOf(study.userAttributes);
  const settings = journey && relocate(journey.settings, journey.workingDirectory);
  const [direction, second] = study.directions;
  const started = view.trials.filter(({ state }) => state !== 'WAITING');
  return {
    ...{ key, name: study.name, title, kind, archived, deletedUntil, database },
    state: stateOf(view),
    stage: journey === undefined ? null : journey.report === undefined ? (live.stage ?? 'inspect') : 'report',
    createdAt: (journey ?? search)?.createdAt ?? started[0]?.startedAt?.toISOString() ?? '',
    data: settings?.data ?? search?.settings.command.map(quote).join(' ') ?? '',
    model: settings === undefined ? '' : (settings.model ?? defaultModel),
    output: settings?.out ?? (search === undefined ? '' : (view.folder ?? '')),
    trials: started.length,
    objective:
      direction === undefined || second !== undefined
        ? null
        : { name: view.metricNames?.[0] ?? 'Objective Value', direction },
    best: bestIn(view),
    recommended: journey === undefined ? null : objectiveOf(view.trials[0]),
    readOnly: isReadOnly,
  };
}

function stateOf({ isWorkedOn, journey, search, live, commands, kind }: StudyView): StudyState {
  if (isWorkedOn) return isPaused(commands) ? 'paused' : 'running';
  if (kind === 'other') return 'elsewhere';
  if (journey?.report !== undefined || search?.finished) return 'finished';
  return live.ended?.type === 'journey-failed' ? 'failed' : 'stopped';
}

/** With several objectives there is no best. */
export function bestIn({ study, trials }: Pick<StudyView, 'study' | 'trials'>): StudySummary['best'] {
  const [direction, second] = study.directions;
  const best = direction === undefined || second !== undefined ? undefined : bestOf([...trials], direction);
  return best === undefined ? null : { trial: best.number, value: finite(best.values![0]) };
}

/** The objective of a trial, at its end or where it was measured last. */
export function objectiveOf(trial: FrozenTrial | undefined): number | null {
  if (trial === undefined) return null;
  return finite(trial.values?.[0] ?? [...trial.intermediateValues.values()].at(-1));
}

// One trial on its own page.
import type { StudyOverview, TrialDetail } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { studyQuery, trialQuery, trialsQuery } from '../../api/queries.js';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawIntermediate } from '../../charts/plots/intermediate.js';
import { LinkButton } from '../../components/Button.js';
import { DataTable } from '../../components/DataTable.js';
import { Facts, Pill, type PillLook } from '../../components/Facts.js';
import { useTitle } from '../../components/Shell.js';
import { Shown } from '../../components/states.js';
import { duration, measured, moment, param, plain } from '../../format.js';
import { text } from '../../text.js';
import { Notes } from '../live/Messages.js';
import { Answers, RunCurves } from '../live/RunningTrials.js';
import { StopTrial, TrialButtons } from '../live/steering/TrialButtons.js';

const looks: Record<TrialDetail['state'], PillLook> = {
  RUNNING: 'good',
  COMPLETE: 'blue',
  PRUNED: 'warm',
  FAIL: 'bad',
  WAITING: 'outline',
};

export function TrialView() {
  const { study, trial } = useParams({ from: '/s/$study/trials/$trial' });
  const number = Number(trial);
  const query = useQuery(trialQuery(study, number));
  const overview = useQuery(studyQuery(study));
  const { data: trials } = useQuery(trialsQuery(study));
  useTitle(text.trial.title(number), overview.data?.summary.title ?? study);
  const last = (trials?.total ?? 0) - 1;
  const params = (other: number) => ({ study, trial: String(other) });
  return (
    <div className="stack loose">
      <nav className="row small" aria-label={text.trial.title(number)}>
        <Link to="/s/$study/trials" params={{ study }} search={(before) => before}>
          {text.trial.all}
        </Link>
        {number > 0 && (
          <LinkButton
            look="quiet compact"
            to="/s/$study/trials/$trial"
            params={params(number - 1)}
            search={(before) => before}
          >
            ← {text.trial.before}
          </LinkButton>
        )}
        {number < last && (
          <LinkButton
            look="quiet compact"
            to="/s/$study/trials/$trial"
            params={params(number + 1)}
            search={(before) => before}
          >
            {text.trial.next} →
          </LinkButton>
        )}
      </nav>
      <Shown query={query} height={480}>
        {(detail) => overview.data && <Trial study={study} trial={detail} overview={overview.data} />}
      </Shown>
    </div>
  );
}

function Trial({ study, trial, overview }: { study: string; trial: TrialDetail; overview: StudyOverview }) {
  const { number, state, values, seconds, startedAt, reason, origin, marked, notes, curves, userAttributes } = trial;
  const { readOnly } = overview.summary;
  // A journey keeps here what has its own place above.
  const attributes = Object.entries(userAttributes).filter(
    ([name]) => trial.settings === null || !['settings', 'seconds', 'reason'].includes(name),
  );
  const hasCurves = curves.training.length > 0 || curves.validation.length > 0;
  return (
    <div className="stack loose">
      <header className="row between">
        <div className="row">
          <h2>{text.trial.title(number)}</h2>
          <Pill look={looks[state]} live={state === 'RUNNING'}>
            {text.trialStates[state]}
          </Pill>
          {marked && <Pill look="warm">★ {text.trials.marked}</Pill>}
          <span className="small muted">{text.trial.origins[origin]}</span>
        </div>
        {!readOnly && (
          <div className="row">
            {state === 'RUNNING' && overview.whyNotSteered === '' && <StopTrial study={study} trial={number} />}
            <TrialButtons study={study} trial={number} marked={marked} />
          </div>
        )}
      </header>
      {reason && (
        <div className={`notice ${state === 'FAIL' ? 'bad' : ''}`}>
          <b>{text.trial.why}</b>
          <p className="pre">{reason}</p>
        </div>
      )}
      <div className="split">
        <div className="stack">
          {hasCurves ? (
            <section className="card">
              <RunCurves trial={{ trial: number, curves }} file={`${study}-${number}`} />
            </section>
          ) : (
            <p className="muted">{text.trial.noCurves}</p>
          )}
          {trial.intermediate.length > 0 && <OnTheWay study={study} trial={trial} overview={overview} />}
          {curves.answers.length > 0 && (
            <section className="card">
              <Answers answers={curves.answers} />
            </section>
          )}
        </div>
        <div className="stack">
          <section className="card stack tight">
            <Facts
              facts={[
                ...(values ?? []).map(
                  (value, i) =>
                    [
                      i === 0 ? overview.objectiveTitle : (overview.metricNames[i] ?? text.trials.objective(i)),
                      measured(value),
                    ] as const,
                ),
                [text.trial.time, duration(seconds)],
                [text.trial.started, moment(startedAt)],
              ]}
            />
          </section>
          <Settings trial={trial} overview={overview} />
          {attributes.length > 0 && (
            <section className="card stack tight">
              <h3>{text.trial.attributes}</h3>
              <Facts
                facts={attributes.map(
                  ([name, value]) => [text.trial.attributeNames[name] ?? name, written(value)] as const,
                )}
              />
            </section>
          )}
          <section className="card stack tight">
            <h3>{text.trial.notes}</h3>
            <Notes notes={notes} />
          </section>
        </div>
      </div>
    </div>
  );
}

const written = (value: unknown) => (typeof value === 'number' ? plain(value, 4) : JSON.stringify(value));

function Settings({ trial: { params, changed, settings }, overview }: { trial: TrialDetail; overview: StudyOverview }) {
  const title = (name: string) => overview.parameters.find((parameter) => parameter.name === name)?.title ?? name;
  const from = new Map(changed.map((change) => [change.name, change.from]));
  return (
    <section className="card stack tight">
      <h3>{text.trial.settings}</h3>
      <DataTable
        caption={text.trial.settings}
        hideCaption
        columns={[
          { title: text.knobs.setting, cell: ([name]) => title(name) },
          { title: text.knobs.value, cell: ([name, value]) => (from.has(name) ? <b>{param(value)}</b> : param(value)) },
          {
            title: text.knobs.recommended,
            cell: ([name, value]) => <span className="muted">{param(from.has(name) ? from.get(name) : value)}</span>,
          },
        ]}
        rows={Object.entries(params)}
      />
      {settings !== null && (
        <details>
          <summary>{text.trial.whole}</summary>
          <pre tabIndex={0} role="region" aria-label={text.trial.whole}>
            {JSON.stringify(settings, null, 2)}
          </pre>
        </details>
      )}
    </section>
  );
}

function OnTheWay({ study, trial, overview }: { study: string; trial: TrialDetail; overview: StudyOverview }) {
  const { number, state, intermediate } = trial;
  const { objectiveTitle, recommended } = overview;
  const drawing = useMemo(() => {
    const axis = (label: string) => ({ label, scale: 'linear' as const, labels: null, range: null });
    const curve = {
      trial: number,
      state,
      feasible: true,
      steps: intermediate.map(({ step }) => step),
      values: intermediate.map(({ value }) => value),
    };
    const figure = { x: axis(text.trials.lastStep), y: axis(objectiveTitle), curves: [curve], total: 1 };
    const context = {
      passes: () => true,
      objective: 0,
      objectiveTitle,
      recommended,
      best: number,
      params: [],
      log: false,
      capped: true,
    };
    return { ...drawIntermediate(figure, context), height: 240, legend: [] };
  }, [number, state, intermediate, objectiveTitle, recommended]);
  return (
    <section className="card">
      <ChartFigure
        title={text.trial.on}
        sentence={text.trial.onHow}
        drawing={drawing}
        file={`${study}-${number}-on-the-way`}
      />
    </section>
  );
}

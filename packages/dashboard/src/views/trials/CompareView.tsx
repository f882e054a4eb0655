// Chosen trials side by side.
import type { TrialDetail } from '@goldilocks/protocol/page';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { studyQuery, trialQuery } from '../../api/queries.js';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawLosses } from '../../charts/runs/losses.js';
import { Button } from '../../components/Button.js';
import { Toggle } from '../../components/fields.js';
import { Icon } from '../../components/Icon.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { duration, measured, param } from '../../format.js';
import { text } from '../../text.js';
import { numbersOf } from './chosen.js';
import { useOpenTrial } from './useOpenTrial.js';

export function CompareView() {
  const study = useStudyKey();
  const { trials } = useSearch({ from: '/s/$study/compare' });
  const numbers = numbersOf(trials);
  useTitle(text.compare.title, study);
  const details = useQueries({ queries: numbers.map((number) => trialQuery(study, number)) });
  const failed = details.find(({ error }) => error);
  const found = details.flatMap(({ data }) => (data ? [data] : []));
  if (numbers.length === 0) {
    return (
      <Empty title={text.compare.title}>
        <p>{text.compare.none}</p>
        <Link to="/s/$study/trials" params={{ study }}>
          {text.trial.all}
        </Link>
      </Empty>
    );
  }
  if (failed?.error) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (found.length < numbers.length) return <Loading height={420} />;
  return <Compared study={study} trials={found} />;
}

function Compared({ study, trials }: { study: string; trials: readonly TrialDetail[] }) {
  const { data: overview } = useQuery(studyQuery(study));
  const [onlyDifferent, setOnlyDifferent] = useState(true);
  const openTrial = useOpenTrial();
  const title = (name: string) => overview?.parameters.find((parameter) => parameter.name === name)?.title ?? name;
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
  const different = names.filter((name) => new Set(trials.map(({ params }) => param(params[name]))).size > 1);
  const shown = onlyDifferent ? different : names;
  const facts: [string, (trial: TrialDetail) => string][] = [
    [text.trials.state, ({ state }) => text.trialStates[state]],
    [
      overview?.objectiveTitle ?? text.trial.value,
      ({ values, intermediate }) => measured(values?.[0] ?? intermediate.at(-1)?.value),
    ],
    [text.trial.time, ({ seconds }) => duration(seconds)],
    ...shown.map((name): [string, (trial: TrialDetail) => string] => [
      title(name),
      ({ params }) => param(params[name]),
    ]),
  ];
  const drawing = useMemo(
    () => drawLosses(trials.map(({ number, curves }) => ({ title: text.trial.title(number), trial: number, curves }))),
    [trials.map(({ number, curves }) => `${number}:${curves.validation.length}`).join()],
  );
  return (
    <div className="stack loose">
      <div className="row between">
        <h2>{text.compare.title}</h2>
        <Toggle selected={onlyDifferent} onChange={setOnlyDifferent}>
          {text.compare.onlyDifferent}
        </Toggle>
      </div>
      <section className="card scroll" aria-label={text.compare.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.compare.setting}</th>
              {trials.map(({ number }) => (
                <th key={number} scope="col">
                  <CompareHead study={study} trial={number} trials={trials} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map(([name, of]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {trials.map((trial) => (
                  <td key={trial.number}>{of(trial)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {different.length === 0 && <p className="muted small">{text.compare.same}</p>}
      </section>
      {trials.some(({ curves }) => curves.validation.length > 0) && (
        <section className="card">
          <ChartFigure
            title={text.compare.curves}
            sentence={text.compare.curvesHow}
            drawing={drawing}
            file={`${study}-compare`}
            onTrial={openTrial}
          />
        </section>
      )}
    </div>
  );
}

function CompareHead({ study, trial, trials }: { study: string; trial: number; trials: readonly TrialDetail[] }) {
  const navigate = useNavigate({ from: '/s/$study/compare' });
  const rest = trials.map(({ number }) => number).filter((number) => number !== trial);
  return (
    <span className="nowrap">
      <Link to="/s/$study/trials/$trial" params={{ study, trial: String(trial) }}>
        {text.trial.title(trial)}
      </Link>
      <Button
        look="quiet compact"
        title={text.compare.remove(trial)}
        onPress={() => void navigate({ search: (before) => ({ ...before, trials: rest.join(',') }) })}
      >
        <Icon name="close" />
      </Button>
    </span>
  );
}

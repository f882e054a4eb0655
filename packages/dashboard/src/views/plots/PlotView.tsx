// The ten plots, each with the question that it answers; what is selected in one filters them all.
import { type Figure, figureKinds } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { figureQuery, studiesQuery } from '../../api/queries.js';
import { ChartFigure } from '../../charts/ChartFigure.js';
import type { PlotContext } from '../../charts/plots/context.js';
import { chosenPair } from '../../charts/plots/pair.js';
import { FilterBar } from '../../components/FilterBar.js';
import { Choice, Toggle } from '../../components/fields.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Loading, Shown } from '../../components/states.js';
import { useFilteredTrials } from '../../filter/useFilter.js';
import { type Condition, replaced } from '../../filter/where.js';
import { text } from '../../text.js';
import { useOpenTrial } from '../trials/useOpenTrial.js';
import { CompareWith } from './CompareWith.js';
import { drawFigure } from './draw.js';
import { ScaleLegend } from './ScaleLegend.js';

export function PlotView() {
  const { kind } = useParams({ from: '/s/$study/plots/$kind' }) as { kind: Figure['kind'] };
  const { study, overview, columns, conditions, setConditions } = useFilteredTrials();
  useTitle(text.plots.kinds[kind].name, overview.data?.summary.title ?? study);
  return (
    <div className="stack">
      <nav className="plot-nav" aria-label={text.plots.nav}>
        {figureKinds.map((one) => (
          <Link
            key={one}
            className="button compact"
            to="/s/$study/plots/$kind"
            params={{ study, kind: one }}
            search={({ where, objective }: { where?: string | undefined; objective?: number | undefined }) => ({
              ...(where && { where }),
              ...(objective && { objective }),
            })}
            activeOptions={{ includeSearch: false }}
          >
            {text.plots.kinds[one].name}
          </Link>
        ))}
      </nav>
      {columns && <FilterBar columns={columns} conditions={conditions} onChange={setConditions} />}
      <Plot key={kind} kind={kind} />
    </div>
  );
}

function Plot({ kind }: { kind: Figure['kind'] }) {
  const { study, trials, overview, passes, conditions, setConditions } = useFilteredTrials();
  const search = useSearch({ from: '/s/$study/plots/$kind' });
  const { objective = 0, x, y, log = false } = search;
  const several = (overview.data?.directions.length ?? 1) > 1;
  const query = useQuery(
    figureQuery(study, kind, {
      ...(several && kind !== 'pareto' && { objective }),
      ...(search.with && (kind === 'history' || kind === 'edf') && { studies: search.with }),
    }),
  );
  const openTrial = useOpenTrial();
  const { question, how } = text.plots.kinds[kind];
  const data = query.data;
  const context = useMemo((): PlotContext | null => {
    if (!overview.data || !trials.data) return null;
    const { objectiveTitle, metricNames, recommended, best } = overview.data;
    return {
      ...{ passes, objective, log, capped: true, params: trials.data.params, best: best?.trial ?? null },
      objectiveTitle: objective === 0 ? objectiveTitle : (metricNames[objective] ?? text.trials.objective(objective)),
      recommended: objective === 0 ? recommended : null,
    };
  }, [
    overview.data?.objectiveTitle,
    overview.data?.recommended,
    overview.data?.best?.trial,
    trials.data?.params,
    passes,
    objective,
    log,
  ]);
  const drawing = useMemo(
    () => (context && data?.figure ? drawFigure(data, context, x, y) : null),
    [data, context, x, y],
  );
  const select = (found: Condition[]) =>
    setConditions(found.reduce((before, one) => replaced(before, one.column, [one]), [...conditions]));
  return (
    <section className="card">
      <Shown query={query} height={440}>
        {(answer) => {
          if (!answer.figure) {
            return (
              <Empty title={text.plots.nothing}>
                <p>{answer.sentence}</p>
              </Empty>
            );
          }
          if (!context) return <Loading height={440} />;
          if (!drawing) {
            return (
              <Empty title={text.plots.nothing}>
                <p>{text.plots.tooFew}</p>
              </Empty>
            );
          }
          return (
            <ChartFigure
              title={question}
              sentence={[how, answer.sentence].filter(Boolean).join(' ')}
              drawing={drawing}
              file={`${study}-${kind}`}
              study={study}
              onTrial={openTrial}
              onSelect={select}
              controls={<Controls answer={answer} context={context} />}
              level="h2"
            />
          );
        }}
      </Shown>
    </section>
  );
}

const logKinds = ['history', 'intermediate', 'slice', 'edf'];

function Controls({ answer, context }: { answer: Figure; context: PlotContext }) {
  const { kind } = answer;
  const { overview } = useFilteredTrials();
  const navigate = useNavigate({ from: '/s/$study/plots/$kind' });
  const { objective = 0, x, y, log = false, with: others } = useSearch({ from: '/s/$study/plots/$kind' });
  const { data: studies } = useQuery({ ...studiesQuery, enabled: kind === 'history' || kind === 'edf' });
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const directions = overview.data?.directions ?? [];
  return (
    <div className="row">
      {directions.length > 1 && kind !== 'pareto' && (
        <Choice
          label={text.plots.objective}
          options={directions.map((_, i) => ({
            id: String(i),
            label: overview.data?.metricNames[i] ?? text.trials.objective(i),
          }))}
          value={String(objective)}
          onChange={(id) => set({ objective: Number(id) || undefined })}
        />
      )}
      {(answer.kind === 'contour' || answer.kind === 'rank') && answer.figure && (
        <PairChoice axes={answer.figure.axes} x={x} y={y} context={context} onChange={set} />
      )}
      {(kind === 'contour' || kind === 'rank' || kind === 'parallel') && <ScaleLegend />}
      {logKinds.includes(kind) && (
        <Toggle selected={log} onChange={(next) => set({ log: next || undefined })}>
          {text.plots.log}
        </Toggle>
      )}
      {(kind === 'history' || kind === 'edf') && studies && (
        <CompareWith studies={studies.studies} chosen={others} onChange={(next) => set({ with: next })} />
      )}
      {answer.kind === 'intermediate' && answer.figure && answer.figure.curves.length < answer.figure.total && (
        <p className="hint">{text.plots.total(answer.figure.curves.length, answer.figure.total)}</p>
      )}
    </div>
  );
}

interface PairChoiceProps {
  axes: Parameters<typeof chosenPair>[0];
  x: string | undefined;
  y: string | undefined;
  context: PlotContext;
  onChange: (change: object) => void;
}

function PairChoice({ axes, x, y, context, onChange }: PairChoiceProps) {
  const pair = chosenPair(axes, x, y);
  if (!pair) return null;
  const options = axes
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ label }) => ({ id: label, label: context.params.find(({ name }) => name === label)?.title ?? label }));
  return (
    <>
      <Choice
        label={text.plots.across}
        options={options}
        value={pair[0].label}
        onChange={(id) => onChange({ x: id, y: id === pair[1].label ? pair[0].label : pair[1].label })}
      />
      <Choice
        label={text.plots.up}
        options={options}
        value={pair[1].label}
        onChange={(id) => onChange({ y: id, x: id === pair[0].label ? pair[1].label : pair[0].label })}
      />
    </>
  );
}

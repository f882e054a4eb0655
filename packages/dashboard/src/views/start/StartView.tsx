// From a data file to a running study: what is in it, which model, what it will cost, and go. The address keeps every choice.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listen } from '../../api/news.js';
import { inspectionQuery, workspaceQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { useNews, useTitle } from '../../components/Shell.js';
import { Loading, Shown } from '../../components/states.js';
import { text } from '../../text.js';
import { InspectionReport } from '../data/InspectionReport.js';
import { BudgetFields } from './BudgetFields.js';
import { ChooseData } from './ChooseData.js';
import { ChooseModel } from './ChooseModel.js';
import { PlanSection } from './PlanSection.js';

export function StartView() {
  useTitle(text.start.title);
  useNews(listen, undefined);
  const search = useSearch({ from: '/start' });
  const navigate = useNavigate({ from: '/start' });
  const workspace = useQuery(workspaceQuery);
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  return (
    <div className="stack loose">
      <header className="stack tight">
        <h1>{text.start.title}</h1>
        <p className="muted">{text.start.lead}</p>
      </header>
      <Shown query={workspace}>
        {(space) => {
          const model = search.model ?? space.models.find(({ shipped }) => shipped)?.id ?? space.models[0]?.id;
          return (
            <>
              <section className="stack" aria-labelledby="step-data">
                <div className="row between">
                  <h2 id="step-data">{text.start.dataTitle}</h2>
                  {search.data && (
                    <Button
                      look="compact"
                      onPress={() => set({ data: undefined, fixed: undefined, ranges: undefined })}
                    >
                      {text.start.another}
                    </Button>
                  )}
                </div>
                {search.data ? (
                  <Inspected data={search.data} model={model} />
                ) : (
                  <ChooseData
                    workspace={space}
                    onChoose={(data) => void navigate({ search: (before) => ({ ...before, data }) })}
                  />
                )}
              </section>
              {search.data && (
                <>
                  <section className="stack" aria-labelledby="step-model">
                    <h2 id="step-model">{text.start.modelTitle}</h2>
                    <ChooseModel
                      data={search.data}
                      models={space.models}
                      machine={space.machine}
                      chosen={model}
                      onChoose={(next) => set({ model: next })}
                    />
                  </section>
                  <section className="stack" aria-labelledby="step-budget">
                    <h2 id="step-budget">{text.start.budgetTitle}</h2>
                    <BudgetFields minutes={search.minutes} trials={search.trials} onChange={set} />
                  </section>
                  <PlanSection choices={{ ...search, data: search.data, model }} onChange={set} />
                </>
              )}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

function Inspected({ data, model }: { data: string; model: string | undefined }) {
  const query = useQuery(inspectionQuery({ data, model }));
  if (query.isPending) return <Loading height={320} label={text.start.inspecting} />;
  return <Shown query={query}>{(inspection) => <InspectionReport inspection={inspection} />}</Shown>;
}

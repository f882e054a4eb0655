// What happens now: where the journey is, what is best, what trains, and how to steer it.
import type { StudyOverview } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { figureQuery, reportQuery, studyQuery, trialsQuery } from '../../api/queries.js';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawHistory } from '../../charts/plots/history.js';
import { LinkButton } from '../../components/Button.js';
import { useTitle } from '../../components/Shell.js';
import { Loading, Shown } from '../../components/states.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { text } from '../../text.js';
import { useOpenTrial } from '../trials/useOpenTrial.js';
import { Messages, Reasons } from './Messages.js';
import { RunningTrials } from './RunningTrials.js';
import { Stages } from './Stages.js';
import { Steering } from './Steering.js';
import { Tiles } from './Tiles.js';

export function LiveView() {
  const study = useStudyKey();
  const query = useQuery(studyQuery(study));
  useTitle(text.study.live, query.data?.summary.title ?? study);
  return (
    <Shown query={query} height={480}>
      {(overview) => (
        <div className="stack loose">
          {overview.hasReport && <Verdict study={study} />}
          {overview.error && (
            <div className="notice bad" role="alert">
              <b>{text.live.error}</b>
              <p className="pre">{overview.error}</p>
            </div>
          )}
          {overview.summary.kind === 'journey' && <Stages stages={overview.stages} />}
          <Tiles overview={overview} />
          <div className="split live">
            <div className="stack">
              {!overview.hasReport && <RunningTrials overview={overview} />}
              <Progress overview={overview} />
            </div>
            <div className="stack">
              <Steering overview={overview} />
              <Messages messages={overview.messages} notes={overview.notes} />
              <Reasons adjustments={overview.adjustments} />
            </div>
          </div>
        </div>
      )}
    </Shown>
  );
}

function Verdict({ study }: { study: string }) {
  const { data } = useQuery(reportQuery(study));
  if (!data) return <Loading height={110} />;
  return (
    <section className="card stack tight" aria-label={text.live.verdict}>
      <h2>{data.verdict.headline}</h2>
      <p>{data.verdict.sentence}</p>
      <div className="row">
        <LinkButton to="/s/$study/just-right" params={{ study }} look="primary">
          {text.live.openKnobs}
        </LinkButton>
        <LinkButton to="/s/$study/try" params={{ study }}>
          {text.live.tryIt}
        </LinkButton>
        <LinkButton to="/s/$study/take" params={{ study }}>
          {text.live.takeIt}
        </LinkButton>
      </div>
    </section>
  );
}

function Progress({ overview }: { overview: StudyOverview }) {
  const study = useStudyKey();
  const openTrial = useOpenTrial();
  const query = useQuery(figureQuery(study, 'history', overview.directions.length > 1 ? { objective: 0 } : {}));
  const { data: trials } = useQuery(trialsQuery(study));
  const figure = query.data?.figure;
  const { objectiveTitle, recommended, best } = overview;
  const drawing = useMemo(
    () =>
      figure &&
      drawHistory(figure, {
        ...{ passes: () => true, objective: 0, objectiveTitle, recommended, best: best?.trial ?? null },
        ...{ params: trials?.params ?? [], log: false, capped: true },
      }),
    [figure, objectiveTitle, recommended, best?.trial, trials?.params],
  );
  return (
    <section className="card">
      <Shown query={query} height={380}>
        {({ sentence }) =>
          drawing ? (
            <ChartFigure
              title={text.live.progress}
              sentence={text.live.progressHow}
              drawing={drawing}
              file={`${study}-history`}
              study={study}
              onTrial={openTrial}
              level="h2"
            />
          ) : (
            <>
              <h2>{text.live.progress}</h2>
              <p className="muted">{sentence}</p>
            </>
          )
        }
      </Shown>
    </section>
  );
}

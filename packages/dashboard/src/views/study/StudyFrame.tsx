// The frame around the views of one study: its name, its state, and the way between the views.
import type { StudyOverview } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { call } from '../../api/client.js';
import { listen } from '../../api/news.js';
import { queryClient, studyKey, studyQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { Pill } from '../../components/Facts.js';
import { Icon } from '../../components/Icon.js';
import { useNews } from '../../components/Shell.js';
import { Failure, Loading } from '../../components/states.js';
import { tell, tellError } from '../../components/toasts.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { text } from '../../text.js';
import { StatePill } from '../studies/StudyCard.js';

export function StudyFrame() {
  const study = useStudyKey();
  useNews(listen, study);
  const query = useQuery(studyQuery(study));
  const tabs = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isThere = query.data !== undefined;
  // On a phone the tab of this view may lie outside.
  useEffect(() => {
    const nav = tabs.current;
    const tab = nav?.querySelector<HTMLElement>('[aria-current="page"]');
    if (nav && tab) nav.scrollLeft = tab.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2;
  }, [pathname, isThere]);
  if (query.data === undefined) {
    if (!query.error) return <Loading height={420} />;
    return (
      <div className="stack">
        <Failure error={query.error} retry={() => void query.refetch()} />
        <Link to="/">{text.study.all}</Link>
      </div>
    );
  }
  return (
    <>
      <StudyHead overview={query.data} />
      <nav ref={tabs} className="tabs" aria-label={text.study.nav}>
        <StudyLinks study={study} isJourney={query.data.summary.kind === 'journey'} />
      </nav>
      {query.error && <Failure error={query.error} />}
      <Outlet />
    </>
  );
}

function StudyHead({ overview: { summary, resumeCommand } }: { overview: StudyOverview }) {
  const { key, title, state, data, model, readOnly } = summary;
  return (
    <header className="study-head">
      <div className="row between top-aligned">
        <div className="row">
          <h1>{title}</h1>
          <StatePill state={state} />
          {readOnly && <Pill look="outline">{text.study.readOnly}</Pill>}
        </div>
        {!readOnly && <Process study={key} state={state} canResume={resumeCommand !== ''} />}
      </div>
      <p className="small muted">{[data, model].filter(Boolean).join(' · ')}</p>
    </header>
  );
}

/** Stops and resumes the process; to pause within it is steering. */
function Process({ study, state, canResume }: { study: string; state: string; canResume: boolean }) {
  const act = (name: 'resumeStudy' | 'stopStudy', done: string) => () =>
    void call(name, { path: { study } })
      .then(() => tell(done), tellError)
      .then(() => queryClient.invalidateQueries({ queryKey: studyKey(study) }));
  if (state === 'running' || state === 'paused') {
    return <Button onPress={act('stopStudy', text.study.stopped)}>{text.study.stop}</Button>;
  }
  if ((state === 'stopped' || state === 'failed') && canResume) {
    return (
      <Button look="primary" onPress={act('resumeStudy', text.study.resumed)}>
        <Icon name="play" />
        {text.study.resume}
      </Button>
    );
  }
  return null;
}

/** The filter goes along from view to view. */
function StudyLinks({ study, isJourney }: { study: string; isJourney: boolean }) {
  const params = { study };
  const search = (before: { where?: string | undefined }) => (before.where ? { where: before.where } : {});
  return (
    <>
      <Link to="/s/$study" params={params} search={search} activeOptions={{ exact: true, includeSearch: false }}>
        {text.study.live}
      </Link>
      {isJourney && (
        <Link to="/s/$study/just-right" params={params} search={search} activeOptions={{ includeSearch: false }}>
          {text.study.knobs}
        </Link>
      )}
      <Link to="/s/$study/trials" params={params} search={search} activeOptions={{ includeSearch: false }}>
        {text.study.trials}
      </Link>
      <Link to="/s/$study/plots" params={params} search={search} activeOptions={{ includeSearch: false }}>
        {text.study.plots}
      </Link>
      {isJourney && (
        <>
          <Link to="/s/$study/data" params={params} search={search} activeOptions={{ includeSearch: false }}>
            {text.study.data}
          </Link>
          <Link to="/s/$study/try" params={params} search={search} activeOptions={{ includeSearch: false }}>
            {text.study.try}
          </Link>
          <Link to="/s/$study/take" params={params} search={search} activeOptions={{ includeSearch: false }}>
            {text.study.take}
          </Link>
        </>
      )}
    </>
  );
}

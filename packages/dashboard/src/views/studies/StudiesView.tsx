// All studies: found, compared, renamed, archived, deleted with undo; and databases that other programs wrote.
import type { StudySummary } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { listen } from '../../api/news.js';
import { studiesQuery } from '../../api/queries.js';
import { Button, LinkButton } from '../../components/Button.js';
import { TextInput, Toggle } from '../../components/fields.js';
import { useNews, useTitle } from '../../components/Shell.js';
import { Empty, Shown } from '../../components/states.js';
import { text } from '../../text.js';
import { Databases } from './Databases.js';
import { StudyCard } from './StudyCard.js';

export function StudiesView() {
  useTitle(text.studies.title);
  useNews(listen, undefined);
  const query = useQuery(studiesQuery);
  const { q = '', archived = false } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <div className="stack loose">
      <div className="row between">
        <h1>{text.studies.title}</h1>
        <LinkButton to="/start" look="primary">
          {text.app.start}
        </LinkButton>
      </div>
      <Shown query={query}>
        {({ studies, databases }) => {
          const shown = found(studies, q, archived);
          return (
            <>
              {studies.length > 0 && (
                <div className="row between">
                  <div className="row">
                    <TextInput
                      label={text.studies.search}
                      value={q}
                      onChange={(next) =>
                        void navigate({ search: (before) => ({ ...before, q: next || undefined }), replace: true })
                      }
                    />
                    <Toggle
                      selected={archived}
                      onChange={(next) =>
                        void navigate({
                          search: (before) => ({ ...before, archived: next || undefined }),
                          replace: true,
                        })
                      }
                    >
                      {text.studies.showArchived}
                    </Toggle>
                  </div>
                  <Compare studies={studies.filter(({ key }) => chosen.includes(key))} />
                </div>
              )}
              {studies.length === 0 ? (
                <Empty title={text.studies.emptyTitle}>
                  <p>{text.studies.empty}</p>
                  <LinkButton to="/start" look="primary">
                    {text.app.start}
                  </LinkButton>
                </Empty>
              ) : shown.length === 0 ? (
                <Empty title={text.studies.noneFound} />
              ) : (
                <ul className="stack">
                  {shown.map((study) => (
                    <StudyCard
                      key={study.key}
                      study={study}
                      chosen={chosen.includes(study.key)}
                      onChoose={(now) =>
                        setChosen(now ? [...chosen, study.key] : chosen.filter((key) => key !== study.key))
                      }
                    />
                  ))}
                </ul>
              )}
              <Databases databases={databases} />
            </>
          );
        }}
      </Shown>
    </div>
  );
}

function found(studies: readonly StudySummary[], q: string, archived: boolean): StudySummary[] {
  const wanted = q.toLowerCase();
  return studies
    .filter((study) => archived || !study.archived)
    .filter(({ title, name, data, model }) =>
      [title, name, data, model].some((part) => part.toLowerCase().includes(wanted)),
    )
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}

function Compare({ studies }: { studies: readonly StudySummary[] }) {
  const navigate = useNavigate();
  if (studies.length < 2) return <p className="hint">{text.studies.compareHint}</p>;
  const [first, ...others] = studies;
  const go = () =>
    void navigate({
      to: '/s/$study/plots/$kind',
      params: { study: first!.key, kind: 'history' },
      search: { with: others.map(({ key }) => key).join(',') },
    });
  return (
    <Button look="primary" onPress={go}>
      {text.studies.compareChosen(studies.length)}
    </Button>
  );
}

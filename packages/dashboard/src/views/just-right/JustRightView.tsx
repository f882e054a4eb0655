// One card for each of the seven: what it does, where it is just right, how sure we are, and on what evidence.
import type { LiveFindings } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { findingsQuery, studyQuery } from '../../api/queries.js';
import { DataTable } from '../../components/DataTable.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Shown } from '../../components/states.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { measured, param } from '../../format.js';
import { text } from '../../text.js';
import { KnobCard } from './KnobCard.js';

export function JustRightView() {
  const study = useStudyKey();
  const overview = useQuery(studyQuery(study));
  const query = useQuery(findingsQuery(study));
  const { objectiveTitle = '', directions, summary } = overview.data ?? {};
  useTitle(text.knobs.title, summary?.title ?? study);
  return (
    <Shown query={query} height={520}>
      {(findings) =>
        findings.hyperparameters.length === 0 ? (
          <Empty title={text.knobs.emptyTitle}>
            <p>{findings.sentence}</p>
          </Empty>
        ) : (
          <div className="stack loose">
            <header className="stack tight">
              <h2>{text.knobs.title}</h2>
              <p className="muted">
                {findings.sentence} {text.knobs.basis(findings.trials)}{' '}
                {findings.noise !== null && text.knobs.noise(measured(findings.noise))}{' '}
                {findings.final ? text.knobs.final : text.knobs.live}
              </p>
            </header>
            <div className="grid wide">
              {findings.hyperparameters.map((knob) => (
                <KnobCard
                  key={knob.name}
                  knob={knob}
                  objective={objectiveTitle}
                  maximize={directions?.[0] === 'maximize'}
                />
              ))}
            </div>
            <OtherSettings settings={findings.otherSettings} />
          </div>
        )
      }
    </Shown>
  );
}

function OtherSettings({ settings }: { settings: LiveFindings['otherSettings'] }) {
  if (settings.length === 0) return null;
  return (
    <section className="card stack tight">
      <h2>{text.knobs.beside}</h2>
      <DataTable
        caption={text.knobs.beside}
        hideCaption
        columns={[
          { title: text.knobs.setting, cell: ({ title }) => title },
          { title: text.knobs.value, cell: ({ value }) => param(value) },
          { title: text.knobs.recommended, cell: ({ recommended }) => param(recommended) },
          { title: text.knobs.searched, cell: ({ searched }) => (searched ? text.yes : text.no) },
          { title: text.knobs.note, cell: ({ note }) => note },
        ]}
        rows={settings}
      />
    </section>
  );
}

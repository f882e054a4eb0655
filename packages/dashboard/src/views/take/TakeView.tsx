// The model leaves: exports, code that uses it, and the command that makes it again.
import type { ExportJob, Takeaway } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.js';
import { queryClient, studyQuery, takeawayQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { Code, Meter, Pill } from '../../components/Facts.js';
import { Choice } from '../../components/fields.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Shown } from '../../components/states.js';
import { tell, tellError } from '../../components/toasts.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { bytes } from '../../format.js';
import { text } from '../../text.js';

export function TakeView() {
  const study = useStudyKey();
  const { data: overview } = useQuery(studyQuery(study));
  useTitle(text.take.title, overview?.summary.title ?? study);
  const query = useQuery({
    ...takeawayQuery(study),
    // Beside the news: an export's bytes grow without an event for each.
    refetchInterval: ({ state }) => (state.data?.exports.some((job) => job.state === 'running') ? 1_000 : false),
  });
  return (
    <Shown query={query}>
      {(takeaway) => (
        <div className="stack loose">
          {takeaway.output === null ? (
            <Empty title={text.take.notYet}>
              <p>{text.take.notYetHint}</p>
            </Empty>
          ) : (
            <Ready study={study} takeaway={takeaway} output={takeaway.output} />
          )}
          {takeaway.reproduce && (
            <section className="card stack tight">
              <h2>{text.take.reproduce}</h2>
              <p className="muted">{text.take.reproduceHow}</p>
              <Code label={text.take.reproduce}>{takeaway.reproduce}</Code>
            </section>
          )}
        </div>
      )}
    </Shown>
  );
}

function Ready({ study, takeaway, output }: { study: string; takeaway: Takeaway; output: string }) {
  const { formats, exports, snippets } = takeaway;
  return (
    <>
      <p>
        {text.take.lies} <code>{output}</code>.
      </p>
      <section className="stack" aria-labelledby="formats">
        <h2 id="formats">{text.take.formats}</h2>
        <div className="grid">
          {formats.map((format) => (
            <FormatCard key={format.format} study={study} format={format} />
          ))}
        </div>
      </section>
      {exports.length > 0 && (
        <section className="card stack tight">
          <h2>{text.take.exports}</h2>
          <ul className="settings-list">
            {exports.map((job) => (
              <ExportRow key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
      {snippets.length > 0 && (
        <section className="stack" aria-labelledby="snippets">
          <h2 id="snippets">{text.take.use}</h2>
          <div className="grid wide">
            {snippets.map(({ title, code, needs }) => (
              <article key={title} className="card stack tight">
                <h3>{title}</h3>
                {needs && (
                  <p className="small muted">
                    {text.take.needs}: {needs}
                  </p>
                )}
                <Code label={title}>{code}</Code>
              </article>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

type Format = Takeaway['formats'][number];

function FormatCard({
  study,
  format: { format, title, note, available, because, dtypes },
}: {
  study: string;
  format: Format;
}) {
  const [dtype, setDtype] = useState(dtypes[0]);
  const start = async () => {
    try {
      await call('export', {
        path: { study },
        body: { format, ...(dtype !== dtypes[0] && { dtype }) },
      });
      tell(text.take.started);
    } catch (error) {
      tellError(error);
    }
    void queryClient.invalidateQueries({ queryKey: takeawayQuery(study).queryKey });
  };
  return (
    <article className="card stack tight">
      <h3>{title}</h3>
      <p className="small muted">{note}</p>
      {!available && <p className="small">{because}</p>}
      {available && dtypes.length > 1 && (
        <Choice
          label={text.take.precision}
          options={dtypes.map((id) => ({ id, label: text.take.dtypes[id] }))}
          value={dtype!}
          onChange={(id) => setDtype(id as typeof dtype)}
        />
      )}
      <div>
        <Button isDisabled={!available} title={text.take.exportAs(title)} onPress={() => void start()}>
          {text.take.export}
        </Button>
      </div>
    </article>
  );
}

const looks = { running: 'good', done: 'blue', failed: 'bad' } as const;

function ExportRow({ job: { format, dtype, out, state, note, bytes: written, totalBytes } }: { job: ExportJob }) {
  return (
    <li className="stack tight">
      <div className="row">
        <b>{dtype ? `${format}, ${text.take.dtypes[dtype]}` : format}</b>
        <Pill look={looks[state]} live={state === 'running'}>
          {text.take.states[state]}
        </Pill>
        <code>{out}</code>
      </div>
      {note && <p className="small pre">{note}</p>}
      {state === 'running' && totalBytes !== null && totalBytes > 0 && (
        <>
          <Meter share={written / totalBytes} label={text.take.exportAs(format)} />
          <p className="tiny muted number">{text.take.written(bytes(written), bytes(totalBytes))}</p>
        </>
      )}
    </li>
  );
}

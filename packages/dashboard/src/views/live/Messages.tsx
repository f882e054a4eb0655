// What the journey had to say, notes, and why the settings are as they are.
import type { Adjustment, StudyMessage, StudyOverview } from '@goldilocks/protocol/page';
import { cited, moment, param, settingName } from '../../format.js';
import { text } from '../../text.js';

interface Props {
  messages: readonly StudyMessage[];
  notes: StudyOverview['notes'];
}

const SHOWN = 5;

export function Messages({ messages, notes }: Props) {
  const newest = messages.toReversed();
  return (
    <section className="card stack tight">
      <h2>{text.live.messages}</h2>
      {newest.length === 0 && <p className="muted small">{text.live.noMessages}</p>}
      <MessageList messages={newest.slice(0, SHOWN)} />
      {newest.length > SHOWN && (
        <details>
          <summary>{text.live.more(newest.length - SHOWN)}</summary>
          <MessageList messages={newest.slice(SHOWN)} />
        </details>
      )}
      {notes.length > 0 && (
        <>
          <h3>{text.trial.notes}</h3>
          <Notes notes={notes} />
        </>
      )}
    </section>
  );
}

function MessageList({ messages }: { messages: readonly StudyMessage[] }) {
  return (
    <ul className="evidence">
      {messages.map(({ seq, at, level, text: message }) => (
        <li key={seq}>
          <b>{moment(at)}</b>
          <span className="pre small">
            {text.live.levels[level]}
            {message}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Notes({ notes }: { notes: readonly { at: string; text: string }[] }) {
  if (notes.length === 0) return <p className="muted small">{text.trial.noNotes}</p>;
  return (
    <ul className="evidence">
      {notes.map(({ at, text: note }) => (
        <li key={at + note}>
          <b>{moment(at)}</b>
          <span className="pre small">{note}</span>
        </li>
      ))}
    </ul>
  );
}

export function Reasons({ adjustments }: { adjustments: readonly Adjustment[] }) {
  if (adjustments.length === 0) return null;
  return (
    <section className="card stack tight">
      <h2>{text.live.adjustments}</h2>
      <AdjustmentList adjustments={adjustments} />
    </section>
  );
}

export function AdjustmentList({ adjustments }: { adjustments: readonly Adjustment[] }) {
  return (
    <ul className="evidence">
      {adjustments.map(({ name, from, to, sentence, source, priorOnly }) => (
        <li key={name + sentence} className="small">
          <b>{text.start.from(`${settingName(name)} ${param(from)}`, param(to))}</b>
          {sentence} {priorOnly && <em>({text.live.priorOnly})</em>}{' '}
          {source && <span className="muted">{cited(source.title)}</span>}
        </li>
      ))}
    </ul>
  );
}

// What a person can tell the search, and what came of it.
import type { CommandRecord, StudyOverview } from '@goldilocks/protocol/page';
import { Button } from '../../components/Button.js';
import { DialogButton } from '../../components/Dialog.js';
import { Pill } from '../../components/Facts.js';
import { Icon } from '../../components/Icon.js';
import { moment } from '../../format.js';
import { text } from '../../text.js';
import { EnqueueForm, ExtendForm, NoteForm, RangeForm } from './steering/forms.js';
import { commandSentence, give } from './steering/give.js';

export function Steering({ overview }: { overview: StudyOverview }) {
  const { summary, commands } = overview;
  const { whyNotSteered } = overview;
  const isOver = summary.state === 'finished' || summary.state === 'elsewhere';
  const isSearched = overview.stages.some(({ stage, state }) => stage === 'search' && state === 'done');
  const title = (name: string) => overview.parameters.find((parameter) => parameter.name === name)?.title ?? name;
  if (summary.readOnly && commands.length === 0) {
    return (
      <section className="card stack tight">
        <h2>{text.steer.title}</h2>
        <p className="muted small">{text.steer.readOnly}</p>
      </section>
    );
  }
  return (
    <section className="card stack steering">
      <div>
        <h2>{text.steer.title}</h2>
        {!isOver && (
          <p className="small muted">
            {whyNotSteered ||
              (isSearched && text.steer.searched) ||
              (summary.state === 'running' || summary.state === 'paused' ? text.steer.hint : text.steer.notRunning)}
          </p>
        )}
      </div>
      {!summary.readOnly && (
        <Controls overview={overview} isOver={isOver || whyNotSteered !== ''} isSearched={isSearched} />
      )}
      <CommandList commands={commands} title={title} />
    </section>
  );
}

interface ControlsProps {
  overview: StudyOverview;
  /** Only notes are left. */
  isOver: boolean;
  /** What is left beside them is to pause. */
  isSearched: boolean;
}

function Controls({ overview, isOver, isSearched }: ControlsProps) {
  const study = overview.summary.key;
  const { parameters, summary } = overview;
  return (
    <div className="row">
      {!isOver &&
        (summary.state === 'paused' ? (
          <Button look="primary" onPress={() => void give(study, { kind: 'resume' })}>
            <Icon name="play" />
            {text.steer.resume}
          </Button>
        ) : (
          <Button onPress={() => void give(study, { kind: 'pause' })}>
            <Icon name="pause" />
            {text.steer.pause}
          </Button>
        ))}
      {!isOver && !isSearched && (
        <>
          <DialogButton trigger={<Steer icon="stop" label={text.steer.stop} />} title={text.steer.stopTitle}>
            {(close) => (
              <>
                <p>{text.steer.stopText}</p>
                <div className="row">
                  <Button look="primary" onPress={() => void give(study, { kind: 'stop' }).then(close)}>
                    {text.steer.stop}
                  </Button>
                  <Button onPress={close}>{text.cancel}</Button>
                </div>
              </>
            )}
          </DialogButton>
          <DialogButton trigger={<Steer icon="clock" label={text.steer.extend} />} title={text.steer.extendTitle}>
            {(close) => <ExtendForm give={(command) => void give(study, command).then(close)} />}
          </DialogButton>
          {parameters.length > 0 && (
            <>
              <DialogButton trigger={<Steer icon="plus" label={text.steer.enqueue} />} title={text.steer.enqueueTitle}>
                {(close) => (
                  <EnqueueForm parameters={parameters} give={(command) => void give(study, command).then(close)} />
                )}
              </DialogButton>
              <DialogButton trigger={<Steer icon="range" label={text.steer.range} />} title={text.steer.rangeTitle}>
                {(close) => (
                  <RangeForm parameters={parameters} give={(command) => void give(study, command).then(close)} />
                )}
              </DialogButton>
            </>
          )}
        </>
      )}
      <DialogButton trigger={<Steer icon="note" label={text.steer.note} />} title={text.steer.noteTitle}>
        {(close) => <NoteForm give={(command) => void give(study, command).then(close)} />}
      </DialogButton>
    </div>
  );
}

function Steer({ icon, label }: { icon: Parameters<typeof Icon>[0]['name']; label: string }) {
  return (
    <Button>
      <Icon name={icon} />
      {label}
    </Button>
  );
}

function CommandList({ commands, title }: { commands: readonly CommandRecord[]; title: (name: string) => string }) {
  if (commands.length === 0) return null;
  return (
    <div className="stack tight">
      <h3>{text.steer.told}</h3>
      <ul className="command-list small" aria-live="polite">
        {commands.toReversed().map(({ id, at, by, command, outcome }) => (
          <li key={id}>
            <span className="muted number">{moment(at)}</span>
            <div>
              <span className="pre">{commandSentence(command, title)}</span>
              {outcome?.sentence && <p className="muted">{outcome.sentence}</p>}
              {by !== 'page' && <p className="muted">{text.steer.by[by]}</p>}
            </div>
            {outcome === null ? (
              <Pill look="warm" live>
                {text.steer.requested}
              </Pill>
            ) : (
              <Pill look={outcome.state === 'done' ? 'good' : 'bad'}>{text.steer[outcome.state]}</Pill>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

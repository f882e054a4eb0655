// One study in the list.
import type { StudyState, StudySummary } from '@goldilocks/protocol/page';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Checkbox } from 'react-aria-components/Checkbox';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { call } from '../../api/client.js';
import { queryClient, studiesQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { MenuButton } from '../../components/Dialog.js';
import { Pill, type PillLook } from '../../components/Facts.js';
import { TextInput } from '../../components/fields.js';
import { Icon } from '../../components/Icon.js';
import { tell, tellError } from '../../components/toasts.js';
import { measured, moment } from '../../format.js';
import { text } from '../../text.js';

const looks: Record<StudyState, PillLook> = {
  running: 'good',
  paused: 'warm',
  stopped: 'outline',
  finished: 'blue',
  failed: 'bad',
  elsewhere: 'outline',
};

export function StatePill({ state }: { state: StudyState }) {
  return (
    <Pill look={looks[state]} live={state === 'running'}>
      {text.studyStates[state]}
    </Pill>
  );
}

interface Props {
  study: StudySummary;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

export function StudyCard({ study, chosen, onChoose }: Props) {
  const {
    key,
    title,
    name,
    state,
    stage,
    trials,
    best,
    recommended,
    data,
    model,
    createdAt,
    archived,
    readOnly,
    deletedUntil,
  } = study;
  const deleted = deletedUntil !== null;
  return (
    <li className="card study-card">
      <Checkbox
        className="choose"
        isSelected={chosen}
        onChange={onChoose}
        aria-label={text.studies.choose(title)}
        isDisabled={deleted}
      >
        <span className="box" aria-hidden="true" />
      </Checkbox>
      <div className="stack tight">
        <div className="row">
          <h2>
            {deleted ? (
              title
            ) : (
              <Link to="/s/$study" params={{ study: key }}>
                {title}
              </Link>
            )}
          </h2>
          <StatePill state={state} />
          {state === 'running' && stage && <span className="small muted">{text.stages[stage]}</span>}
          {archived && <Pill look="outline">{text.studies.archived}</Pill>}
          {readOnly && <Pill look="outline">{text.studies.readOnly}</Pill>}
          {deleted && <Pill look="warm">{text.studies.inTrash(moment(deletedUntil))}</Pill>}
        </div>
        <p className="small muted">
          {[title === name ? '' : name, data, model, createdAt && moment(createdAt), text.studies.trials(trials)]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p className="small number">
          {best && (
            <>
              {text.studies.best} <b>{measured(best.value)}</b>
            </>
          )}
          {recommended !== null && (
            <span className="muted">
              {best && ' · '}
              {text.studies.recommended} {measured(recommended)}
            </span>
          )}
        </p>
      </div>
      {deleted ? (
        <Button look="compact" onPress={() => void restore(key)}>
          {text.studies.restore}
        </Button>
      ) : (
        <More study={study} />
      )}
    </li>
  );
}

const refresh = () => void queryClient.invalidateQueries({ queryKey: studiesQuery.queryKey });

async function restore(study: string): Promise<void> {
  await call('restoreStudy', { path: { study } }).catch(tellError);
  refresh();
}

function More({ study: { key, title, archived, readOnly } }: { study: StudySummary }) {
  const [renaming, setRenaming] = useState(false);
  const path = { study: key };
  const act = async (id: string) => {
    if (id === 'rename') return setRenaming(true);
    try {
      if (id === 'archive') await call('changeStudy', { path, body: { archived: !archived } });
      if (id === 'remove') {
        await call('deleteStudy', { path });
        tell(text.studies.removed(title), { undo: () => void restore(key) });
      }
    } catch (error) {
      tellError(error);
    }
    refresh();
  };
  const entries = [
    { id: 'rename', label: text.studies.rename, disabled: readOnly },
    { id: 'archive', label: archived ? text.studies.unarchive : text.studies.archive, disabled: readOnly },
    { id: 'remove', label: text.studies.remove, disabled: readOnly },
  ];
  return (
    <>
      <MenuButton
        trigger={
          <Button look="quiet compact" title={text.studies.more(title)}>
            <Icon name="more" />
          </Button>
        }
        label={text.studies.more(title)}
        entries={entries}
        onAction={(id) => void act(id)}
      />
      <ModalOverlay className="overlay" isDismissable isOpen={renaming} onOpenChange={setRenaming}>
        <Modal className="modal">
          <Dialog className="dialog">
            <Rename study={key} title={title} close={() => setRenaming(false)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

function Rename({ study, title, close }: { study: string; title: string; close: () => void }) {
  const [next, setNext] = useState(title);
  const save = async () => {
    await call('changeStudy', { path: { study }, body: { title: next } }).then(close, tellError);
    refresh();
  };
  return (
    <>
      <Heading slot="title">{text.studies.rename}</Heading>
      <TextInput label={text.studies.name} value={next} onChange={setNext} />
      <div className="row">
        <Button look="primary" isDisabled={next.trim() === ''} onPress={() => void save()}>
          {text.save}
        </Button>
        <Button onPress={close}>{text.cancel}</Button>
      </div>
    </>
  );
}

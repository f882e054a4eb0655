// Databases of Optuna's that other programs wrote: read only until a person allows more.
import type { Database } from '@goldilocks/protocol/page';
import { useState } from 'react';
import { call } from '../../api/client.js';
import { queryClient, studiesQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { DialogButton } from '../../components/Dialog.js';
import { Pill } from '../../components/Facts.js';
import { TextInput } from '../../components/fields.js';
import { tellError } from '../../components/toasts.js';
import { text } from '../../text.js';

const refresh = () => void queryClient.invalidateQueries({ queryKey: studiesQuery.queryKey });

export function Databases({ databases }: { databases: readonly Database[] }) {
  return (
    <section className="stack" aria-labelledby="databases">
      <div className="row between">
        <h2 id="databases">{text.studies.databases}</h2>
        <DialogButton trigger={<Button>{text.studies.openDatabase}</Button>} title={text.studies.openDatabase}>
          {(close) => <OpenDatabase close={close} />}
        </DialogButton>
      </div>
      {databases.map((database) => (
        <DatabaseRow key={database.id} database={database} />
      ))}
    </section>
  );
}

function DatabaseRow({ database: { id, path, studies, readOnly } }: { database: Database }) {
  const act = (done: Promise<unknown>) => void done.catch(tellError).then(refresh);
  return (
    <div className="card row between">
      <div>
        <code>{path}</code> <span className="muted">{text.studies.count(studies)}</span>{' '}
        <Pill look="outline">{readOnly ? text.studies.readOnly : text.studies.writable}</Pill>
      </div>
      <div className="row">
        <Button
          look="compact"
          onPress={() => act(call('changeDatabase', { path: { database: id }, body: { readOnly: !readOnly } }))}
        >
          {readOnly ? text.studies.allow : text.studies.forbid}
        </Button>
        <Button look="compact" onPress={() => act(call('closeDatabase', { path: { database: id } }))}>
          {text.studies.closeDatabase}
        </Button>
      </div>
    </div>
  );
}

function OpenDatabase({ close }: { close: () => void }) {
  const [path, setPath] = useState('');
  const [error, setError] = useState<string>();
  const open = async () => {
    try {
      await call('openDatabase', { body: { path } });
      refresh();
      close();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <>
      <TextInput
        label={text.studies.path}
        hint={text.studies.openDatabaseHint}
        value={path}
        onChange={setPath}
        error={error}
      />
      <div>
        <Button look="primary" isDisabled={path.trim() === ''} onPress={() => void open()}>
          {text.studies.open}
        </Button>
      </div>
    </>
  );
}

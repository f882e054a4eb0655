// A file that is dropped, chosen, or in the folder already.
import type { Workspace } from '@goldilocks/protocol/page';
import { useState } from 'react';
import { DropZone } from 'react-aria-components/DropZone';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { Text } from 'react-aria-components/Text';
import { call } from '../../api/client.js';
import { queryClient, workspaceQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { Choice } from '../../components/fields.js';
import { bytes } from '../../format.js';
import { text } from '../../text.js';

interface Props {
  workspace: Workspace;
  onChoose: (data: string) => void;
}

export function ChooseData({ workspace: { limits, dataFiles }, onChoose }: Props) {
  const [busy, setBusy] = useState('');
  const [error, setError] = useState('');
  const upload = async (file: File) => {
    if (file.size > limits.uploadBytes)
      return setError(text.start.tooBig(file.name, bytes(file.size), bytes(limits.uploadBytes)));
    setError('');
    setBusy(file.name);
    try {
      const answer = await call('upload', { query: { name: file.name }, body: file });
      void queryClient.invalidateQueries({ queryKey: workspaceQuery.queryKey });
      onChoose(answer.file.path);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    } finally {
      setBusy('');
    }
  };
  return (
    <div className="stack">
      <DropZone
        className="drop"
        onDrop={async ({ items }) => {
          const dropped = items.find((item) => item.kind === 'file');
          if (dropped) await upload(await dropped.getFile());
        }}
      >
        <Text slot="label">
          <b>{busy ? text.start.uploading(busy) : text.start.drop}</b>
        </Text>
        <FileTrigger acceptedFileTypes={limits.dataEndings} onSelect={(files) => files?.[0] && void upload(files[0])}>
          <Button look="primary" isDisabled={busy !== ''}>
            {text.start.orChoose}
          </Button>
        </FileTrigger>
        <span className="hint">{text.start.limits(limits.dataEndings.join(', '), bytes(limits.uploadBytes))}</span>
      </DropZone>
      {error && (
        <p className="notice bad" role="alert">
          {error}
        </p>
      )}
      {dataFiles.length > 0 && (
        <Choice
          label={text.start.inFolder}
          options={[
            { id: '', label: text.start.chooseOne },
            ...dataFiles.map(({ path, bytes: size }) => ({ id: path, label: `${path} (${bytes(size)})` })),
          ]}
          value=""
          onChange={(path) => path && onChoose(path)}
        />
      )}
    </div>
  );
}

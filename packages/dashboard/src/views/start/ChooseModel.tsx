// Base models with what decides between them: size, licence, memory and speed here.
import type { BaseModelChoice, Workspace } from '@goldilocks/protocol/page';
import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { Button } from '../../components/Button.js';
import { Pill } from '../../components/Facts.js';
import { TextInput } from '../../components/fields.js';
import { big, bytes, count } from '../../format.js';
import { text } from '../../text.js';

interface Props {
  models: readonly BaseModelChoice[];
  machine: Workspace['machine'];
  chosen: string | undefined;
  onChoose: (model: string) => void;
}

export function ChooseModel({ models, machine, chosen, onChoose }: Props) {
  const [path, setPath] = useState('');
  const isOther = chosen !== undefined && !models.some(({ id }) => id === chosen);
  return (
    <div className="stack">
      <RadioGroup aria-label={text.start.model} className="grid" value={chosen ?? null} onChange={onChoose}>
        {models.map((model) => (
          <Radio key={model.id} value={model.id} className="choice-card">
            <ModelFacts model={model} free={machine.freeMemoryBytes} />
          </Radio>
        ))}
        {isOther && (
          <Radio value={chosen} className="choice-card">
            <code>{chosen}</code>
          </Radio>
        )}
      </RadioGroup>
      <details>
        <summary>{text.start.modelPath}</summary>
        <div className="row" style={{ alignItems: 'end' }}>
          <div className="grow">
            <TextInput label={text.start.modelPath} hint={text.start.modelPathHint} value={path} onChange={setPath} />
          </div>
          <Button isDisabled={path.trim() === ''} onPress={() => onChoose(path.trim())}>
            {text.try.use}
          </Button>
        </div>
      </details>
    </div>
  );
}

function ModelFacts({ model, free }: { model: BaseModelChoice; free: number }) {
  const { id, name, shipped, parameters, bytes: size, license, memoryBytes, tokensPerSecond, languages } = model;
  const facts = [
    parameters === null ? '' : text.start.parameters(big(parameters)),
    text.start.size(bytes(size)),
    memoryBytes === null ? text.start.memoryUnknown : text.start.memory(bytes(memoryBytes)),
    tokensPerSecond === null ? text.start.speedUnknown : text.start.speed(count(Math.round(tokensPerSecond))),
  ];
  return (
    <>
      <span className="row">
        <b>{name}</b>
        {shipped ? <Pill look="blue">{text.start.shipped}</Pill> : id !== name && <code>{id}</code>}
      </span>
      <span className="small">{facts.filter(Boolean).join(' · ')}</span>
      <span className="small muted">
        {[license ? text.start.license(license) : text.start.noLicense, languages.join(', ')]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {memoryBytes !== null && memoryBytes > free && (
        <span className="field-error">{text.start.tooLarge(bytes(free))}</span>
      )}
    </>
  );
}

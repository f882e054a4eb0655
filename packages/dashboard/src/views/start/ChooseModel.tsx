// Base models with what decides between them: size, licence, memory and speed here.
import type { BaseModelChoice, Workspace } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { inspectionQuery, trainingNeedsQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { Pill } from '../../components/Facts.js';
import { TextInput } from '../../components/fields.js';
import { big, bytes, count, languageName } from '../../format.js';
import { text } from '../../text.js';

interface Props {
  models: readonly BaseModelChoice[];
  machine: Workspace['machine'];
  data: string;
  chosen: string | undefined;
  onChoose: (model: string) => void;
}

export function ChooseModel({ models, machine, data, chosen, onChoose }: Props) {
  const [path, setPath] = useState('');
  // Asked for by the view, which shows what comes of it.
  const inspection = useQuery({ ...inspectionQuery({ data, model: chosen }), enabled: false });
  const longest = inspection.isPending ? null : (inspection.data?.lengths.tokens?.max ?? undefined);
  const isOther = chosen !== undefined && !models.some(({ id }) => id === chosen);
  return (
    <div className="stack">
      <RadioGroup aria-label={text.start.model} className="grid" value={chosen ?? null} onChange={onChoose}>
        {models.map((model) => (
          <Radio key={model.id} value={model.id} className="choice-card">
            <ModelFacts model={model} free={machine.freeMemoryBytes} longest={longest} />
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

interface ModelFactsProps {
  model: BaseModelChoice;
  free: number;
  /** The longest example in tokens, undefined where not known; null before the data are inspected. */
  longest: number | undefined | null;
}

/** Examples of about the same length are one question. */
const lengthStep = 32;

function ModelFacts({ model, free, longest }: ModelFactsProps) {
  const { id, name, shipped, parameters, bytes: size, license, languages } = model;
  const facts = [
    parameters === null ? '' : text.start.parameters(big(parameters)),
    text.start.size(bytes(size)),
    license ? text.start.license(license) : text.start.noLicense,
    languages.map(languageName).join(', '),
  ];
  return (
    <>
      <span className="row">
        <b>{name}</b>
        {shipped ? <Pill look="blue">{text.start.shipped}</Pill> : id !== name && <code>{id}</code>}
      </span>
      <span className="small">{facts.filter(Boolean).join(' · ')}</span>
      <Needs model={model} free={free} longest={longest} />
    </>
  );
}

/** Memory and speed: as measured in an earlier study, else as estimated without training. */
function Needs({ model, free, longest }: ModelFactsProps) {
  const { id, memoryBytes, tokensPerSecond } = model;
  const isMeasured = memoryBytes !== null && tokensPerSecond !== null;
  const upTo = longest == null ? undefined : lengthStep * Math.ceil(longest / lengthStep);
  const estimate = useQuery({
    ...trainingNeedsQuery({ model: id, longest: upTo }),
    enabled: !isMeasured && longest !== null,
  });
  const needs = isMeasured ? { memoryBytes, tokensPerSecond } : estimate.data;
  if (!needs) {
    const why = estimate.error ? text.start.noEstimate(estimate.error.message) : text.start.estimating;
    return <span className="small muted">{why}</span>;
  }
  const speed = text.start.speed(count(Number(needs.tokensPerSecond.toPrecision(isMeasured ? 3 : 2))));
  return (
    <>
      <span className="small">
        {text.start.memory(bytes(needs.memoryBytes))} · {speed}
      </span>
      <span className="small muted">{isMeasured ? text.start.asMeasured : text.start.asEstimated}</span>
      {needs.memoryBytes > free && <span className="field-error">{text.start.tooLarge(bytes(free))}</span>}
    </>
  );
}

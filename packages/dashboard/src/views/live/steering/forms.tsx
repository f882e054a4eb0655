// Forms of the commands that need more than a word.
import type { Params, SteeringCommand, StudyParameter } from '@goldilocks/protocol/page';
import { useState } from 'react';
import { Button } from '../../../components/Button.js';
import { Choice, NumberInput, TextInput, Toggle } from '../../../components/fields.js';
import { param } from '../../../format.js';
import { text } from '../../../text.js';

type Of<Kind extends SteeringCommand['kind']> = Extract<SteeringCommand, { kind: Kind }>;

function Send({ ready, onSend }: { ready: boolean; onSend: () => void }) {
  return (
    <div>
      <Button look="primary" isDisabled={!ready} onPress={onSend}>
        {text.steer.send}
      </Button>
    </div>
  );
}

export function NoteForm({ give }: { give: (command: Of<'note'>) => void }) {
  const [note, setNote] = useState('');
  return (
    <>
      <TextInput label={text.steer.noteText} value={note} onChange={setNote} lines />
      <Send ready={note.trim() !== ''} onSend={() => give({ kind: 'note', text: note })} />
    </>
  );
}

export function ExtendForm({ give }: { give: (command: Of<'extend'>) => void }) {
  const [minutes, setMinutes] = useState<number | undefined>(10);
  const [trials, setTrials] = useState<number>();
  return (
    <>
      <NumberInput label={text.steer.minutes} value={minutes} onChange={setMinutes} least={0.1} />
      <NumberInput label={text.steer.trialsToAdd} value={trials} onChange={setTrials} least={1} />
      <Send
        ready={minutes !== undefined || trials !== undefined}
        onSend={() =>
          give({
            kind: 'extend',
            ...(minutes !== undefined && { minutes }),
            ...(trials !== undefined && { trials: Math.round(trials) }),
          })
        }
      />
    </>
  );
}

export function EnqueueForm({
  parameters,
  give,
}: {
  parameters: readonly StudyParameter[];
  give: (command: Of<'enqueue'>) => void;
}) {
  const [params, setParams] = useState<Params>({});
  const set = (name: string, value: Params[string] | undefined) => {
    const { [name]: _, ...rest } = params;
    setParams(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <>
      <p className="hint">{text.steer.enqueueHint}</p>
      {parameters.map((parameter) => (
        <ValueInput
          key={parameter.name}
          parameter={parameter}
          value={params[parameter.name]}
          onChange={(value) => set(parameter.name, value)}
        />
      ))}
      <Send ready={Object.keys(params).length > 0} onSend={() => give({ kind: 'enqueue', params })} />
    </>
  );
}

interface ValueInputProps {
  parameter: StudyParameter;
  value: Params[string] | undefined;
  onChange: (value: Params[string] | undefined) => void;
}

function ValueInput({ parameter: { title, choices, recommended }, value, onChange }: ValueInputProps) {
  const hint = recommended === null ? text.steer.asSampled : text.steer.recommendedValue(param(recommended));
  if (!choices) {
    return (
      <NumberInput
        label={title}
        hint={hint}
        value={typeof value === 'number' ? value : undefined}
        onChange={onChange}
      />
    );
  }
  const options = [
    { id: 'none', label: hint },
    ...choices.map((choice, i) => ({ id: String(i), label: param(choice) })),
  ];
  const at = value === undefined ? -1 : choices.indexOf(value);
  return (
    <Choice
      label={title}
      options={options}
      value={at < 0 ? 'none' : String(at)}
      onChange={(id) => onChange(id === 'none' ? undefined : choices[Number(id)])}
    />
  );
}

export function RangeForm({
  parameters,
  give,
}: {
  parameters: readonly StudyParameter[];
  give: (command: Of<'range'>) => void;
}) {
  const [name, setName] = useState(parameters[0]?.name ?? '');
  const parameter = parameters.find((one) => one.name === name);
  return (
    <>
      <Choice
        label={text.steer.which}
        options={parameters.map(({ name: id, title }) => ({ id, label: title }))}
        value={name}
        onChange={setName}
      />
      {parameter && <RangeFields key={name} parameter={parameter} give={give} />}
    </>
  );
}

function RangeFields({
  parameter: { name, searched, choices: all },
  give,
}: {
  parameter: StudyParameter;
  give: (command: Of<'range'>) => void;
}) {
  const isRange = 'low' in searched;
  const [low, setLow] = useState<number | undefined>(isRange ? searched.low : undefined);
  const [high, setHigh] = useState<number | undefined>(isRange ? searched.high : undefined);
  const [choices, setChoices] = useState(isRange ? [] : searched.choices);
  if (isRange) {
    const ready = low !== undefined && high !== undefined && low <= high;
    return (
      <>
        <div className="halves">
          <NumberInput label={text.steer.low} value={low} onChange={setLow} />
          <NumberInput label={text.steer.high} value={high} onChange={setHigh} />
        </div>
        <Send ready={ready} onSend={() => give({ kind: 'range', name, low: low!, high: high! })} />
      </>
    );
  }
  return (
    <>
      <fieldset className="stack tight">
        <legend className="label">{text.steer.choices}</legend>
        {(all ?? searched.choices).map((choice) => (
          <Toggle
            key={param(choice)}
            selected={choices.includes(choice)}
            onChange={(chosen) =>
              setChoices(chosen ? [...choices, choice] : choices.filter((other) => other !== choice))
            }
          >
            {param(choice)}
          </Toggle>
        ))}
      </fieldset>
      <Send ready={choices.length > 0} onSend={() => give({ kind: 'range', name, choices })} />
    </>
  );
}

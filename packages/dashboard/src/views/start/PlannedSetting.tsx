// One setting of the plan, to be left as planned, held at a value, or searched in another range.
import type { ParamValue, PlannedHyperparameter, Searched } from '@goldilocks/protocol/page';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { DialogButton } from '../../components/Dialog.js';
import { Choice, NumberInput, TextInput, Toggle } from '../../components/fields.js';
import { searchedText } from '../../components/searched.js';
import { cited, param } from '../../format.js';
import { text } from '../../text.js';
import type { Choices } from './request.js';

interface Props {
  setting: PlannedHyperparameter;
  choices: Choices;
  onChange: (change: Pick<Choices, 'fixed' | 'ranges'>) => void;
}

export function PlannedSetting({ setting, choices, onChange }: Props) {
  const { name, title, explanation, unit, value, searched, fixed, source } = setting;
  const held = choices.fixed?.[name];
  const range = choices.ranges?.[name];
  const state =
    held !== undefined
      ? text.start.heldByYou(param(held))
      : range
        ? text.start.searchedIn(searchedText(range))
        : searched
          ? text.start.searchedIn(searchedText(searched))
          : text.start.held(param(value), fixed?.because ?? '');
  return (
    <li className="row between top-aligned">
      <div className="grow stack tight">
        <div className="row">
          <b>{title}</b>
          <span className="number">
            {param(value)} {unit}
          </span>
        </div>
        <p className="small">{state}</p>
        {explanation && <p className="small muted">{explanation}</p>}
        {source && (
          <p className="tiny muted">
            {text.start.source}: {cited(source)}
          </p>
        )}
      </div>
      <DialogButton
        trigger={
          <Button look="compact" title={text.start.changeOf(title)}>
            {text.start.change}
          </Button>
        }
        title={title}
      >
        {(close) => (
          <ChangeSetting
            setting={setting}
            held={held}
            range={range}
            onDone={(nextHeld, nextRange) => {
              onChange({
                fixed: withEntry(choices.fixed, name, nextHeld),
                ranges: withEntry(choices.ranges, name, nextRange),
              });
              close();
            }}
          />
        )}
      </DialogButton>
    </li>
  );
}

/** The record with an entry set, or taken away; nothing where nothing is left, so that the address stays short. */
function withEntry<Value>(record: Record<string, Value> | undefined, name: string, value: Value | undefined) {
  const { [name]: _, ...rest } = record ?? {};
  const next = value === undefined ? rest : { ...rest, [name]: value };
  return Object.keys(next).length > 0 ? (next as Record<string, Value>) : undefined;
}

interface ChangeProps {
  setting: PlannedHyperparameter;
  held: ParamValue | undefined;
  range: Searched | undefined;
  onDone: (held: ParamValue | undefined, range: Searched | undefined) => void;
}

function ChangeSetting({ setting: { value, searched }, held, range, onDone }: ChangeProps) {
  const [mode, setMode] = useState(held !== undefined ? 'hold' : range ? 'range' : 'plan');
  const [fixed, setFixed] = useState<ParamValue>(held ?? value);
  const [chosen, setChosen] = useState<Searched | undefined>(range ?? searched ?? undefined);
  const modes = [
    { id: 'plan', label: text.start.asPlanned },
    { id: 'hold', label: text.start.hold },
    ...(searched ? [{ id: 'range', label: text.start.searchRange }] : []),
  ];
  return (
    <>
      <Choice label={text.start.change} options={modes} value={mode} onChange={setMode} />
      {mode === 'hold' && <HoldAt value={fixed} searched={searched} onChange={setFixed} />}
      {mode === 'range' && chosen && searched && <RangeOf searched={searched} chosen={chosen} onChange={setChosen} />}
      <div>
        <Button
          look="primary"
          onPress={() => onDone(mode === 'hold' ? fixed : undefined, mode === 'range' ? chosen : undefined)}
        >
          {text.trials.apply}
        </Button>
      </div>
    </>
  );
}

function HoldAt({
  value,
  searched,
  onChange,
}: {
  value: ParamValue;
  searched: Searched | null;
  onChange: (value: ParamValue) => void;
}) {
  if (searched && 'choices' in searched) {
    const { choices } = searched;
    return (
      <Choice
        label={text.start.value}
        options={choices.map((choice, i) => ({ id: String(i), label: param(choice) }))}
        value={String(Math.max(0, choices.indexOf(value)))}
        onChange={(id) => onChange(choices[Number(id)]!)}
      />
    );
  }
  if (typeof value === 'number') {
    return (
      <NumberInput label={text.start.value} value={value} onChange={(next) => next !== undefined && onChange(next)} />
    );
  }
  return <TextInput label={text.start.value} value={param(value)} onChange={onChange} />;
}

function RangeOf({
  searched,
  chosen,
  onChange,
}: {
  searched: Searched;
  chosen: Searched;
  onChange: (searched: Searched) => void;
}) {
  if ('low' in chosen) {
    return (
      <div className="halves">
        <NumberInput
          label={text.start.low}
          value={chosen.low}
          onChange={(low) => low !== undefined && onChange({ ...chosen, low })}
        />
        <NumberInput
          label={text.start.high}
          value={chosen.high}
          onChange={(high) => high !== undefined && onChange({ ...chosen, high })}
        />
      </div>
    );
  }
  return (
    <ChoicesOf planned={'choices' in searched ? searched.choices : []} chosen={chosen.choices} onChange={onChange} />
  );
}

interface ChoicesProps {
  planned: readonly ParamValue[];
  chosen: readonly ParamValue[];
  onChange: (searched: Searched) => void;
}

/** Numbers can be added to: no trial has been made yet. */
function ChoicesOf({ planned, chosen, onChange }: ChoicesProps) {
  const [added, setAdded] = useState<number>();
  const isNumeric = planned.every((choice) => typeof choice === 'number');
  const all = [...new Set([...planned, ...chosen])];
  if (isNumeric) all.sort((a, b) => Number(a) - Number(b));
  const change = (choice: ParamValue, wanted: boolean) => {
    const choices = all.filter((other) => (other === choice ? wanted : chosen.includes(other)));
    if (choices.length > 0) onChange({ choices });
  };
  const add = () => {
    setAdded(undefined);
    if (added !== undefined)
      onChange({ choices: [...new Set([...chosen, added])].sort((a, b) => Number(a) - Number(b)) });
  };
  return (
    <>
      <fieldset className="stack tight">
        <legend className="label">{text.start.choices}</legend>
        {all.map((choice) => (
          <Toggle key={param(choice)} selected={chosen.includes(choice)} onChange={(wanted) => change(choice, wanted)}>
            {param(choice)}
          </Toggle>
        ))}
      </fieldset>
      {isNumeric && (
        <div className="row" style={{ alignItems: 'end' }}>
          <div className="grow">
            <NumberInput label={text.start.anotherChoice} value={added} onChange={setAdded} least={1} />
          </div>
          <Button isDisabled={added === undefined} onPress={add}>
            {text.start.addChoice}
          </Button>
        </div>
      )}
    </>
  );
}

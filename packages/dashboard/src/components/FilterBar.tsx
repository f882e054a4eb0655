// What the trials are filtered by, to read, to take away and to add: the same for the table and every plot.
import { useState } from 'react';
import { MISSING, type TrialColumn } from '../filter/columns.js';
import { type Condition, replaced } from '../filter/where.js';
import { plain } from '../format.js';
import { text } from '../text.js';
import { Button } from './Button.js';
import { DialogButton } from './Dialog.js';
import { Choice, NumberInput, Toggle } from './fields.js';
import { Icon } from './Icon.js';

interface Props {
  columns: readonly TrialColumn[];
  conditions: readonly Condition[];
  onChange: (conditions: readonly Condition[]) => void;
}

export function FilterBar({ columns, conditions, onChange }: Props) {
  return (
    <div className="row">
      {conditions.map((condition) => {
        const column = columns.find(({ id }) => id === condition.column);
        const title = column?.title ?? condition.column;
        return (
          <span className="chip" key={condition.column}>
            {sentence(title, column, condition)}
            <Button
              look="quiet compact"
              title={text.trials.removeFilter(title)}
              onPress={() => onChange(replaced(conditions, condition.column, []))}
            >
              <Icon name="close" />
            </Button>
          </span>
        );
      })}
      <DialogButton trigger={<Button look="compact">{text.trials.addFilter}</Button>} title={text.trials.addFilter}>
        {(close) => (
          <AddFilter
            columns={columns}
            onAdd={(condition) => {
              onChange([...replaced(conditions, condition.column, []), condition]);
              close();
            }}
          />
        )}
      </DialogButton>
      {conditions.length > 0 && (
        <Button look="quiet compact" onPress={() => onChange([])}>
          {text.trials.clear}
        </Button>
      )}
    </div>
  );
}

function sentence(title: string, column: TrialColumn | undefined, condition: Condition): string {
  if ('oneOf' in condition) {
    const label = (key: string) => column?.choices?.find((choice) => choice.key === key)?.label ?? key;
    const labels = condition.oneOf.map((key) => (key === MISSING ? text.trials.missing : label(key)));
    return text.trials.isOne(title, labels.join(', '));
  }
  const { low, high } = condition;
  if (low === null) return text.trials.atMost(title, plain(high ?? Number.POSITIVE_INFINITY, 4));
  if (high === null) return text.trials.atLeast(title, plain(low, 4));
  return text.trials.between(title, plain(low, 4), plain(high, 4));
}

function AddFilter({ columns, onAdd }: { columns: readonly TrialColumn[]; onAdd: (condition: Condition) => void }) {
  const known = columns.filter(({ kind }) => kind !== 'time');
  const [id, setId] = useState(known[0]!.id);
  const [low, setLow] = useState<number>();
  const [high, setHigh] = useState<number>();
  const [oneOf, setOneOf] = useState<readonly string[]>([]);
  const column = known.find((one) => one.id === id)!;
  const change = (choice: string, chosen: boolean) =>
    setOneOf(chosen ? [...oneOf, choice] : oneOf.filter((other) => other !== choice));
  const ready = column.choices ? oneOf.length > 0 : low !== undefined || high !== undefined;
  const add = () =>
    onAdd(column.choices ? { column: id, oneOf } : { column: id, low: low ?? null, high: high ?? null });
  return (
    <>
      <Choice
        label={text.trials.filterBy}
        options={known.map(({ id: key, title }) => ({ id: key, label: title }))}
        value={id}
        onChange={(next) => {
          setId(next);
          setOneOf([]);
        }}
      />
      {column.choices ? (
        <fieldset className="stack tight">
          <legend className="label">{text.trials.oneOf}</legend>
          {column.choices.map(({ key, label }) => (
            <Toggle key={key} selected={oneOf.includes(key)} onChange={(chosen) => change(key, chosen)}>
              {label}
            </Toggle>
          ))}
        </fieldset>
      ) : (
        <div className="halves">
          <NumberInput label={text.trials.from} value={low} onChange={setLow} />
          <NumberInput label={text.trials.to} value={high} onChange={setHigh} />
        </div>
      )}
      <div>
        <Button look="primary" isDisabled={!ready} onPress={add}>
          {text.trials.apply}
        </Button>
      </div>
    </>
  );
}

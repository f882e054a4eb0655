// Fields of a form, each with its label, hint and error.
import { type ReactNode, useState } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Switch } from 'react-aria-components/Switch';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';
import { text } from '../text.js';
import { Button } from './Button.js';

interface Common {
  label: string;
  hint?: string;
}

interface TextProps extends Common {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  error?: string | undefined;
  lines?: boolean;
}

export function TextInput({ label, hint, value, onChange, placeholder, error, lines }: TextProps) {
  return (
    <TextField className="field" value={value} onChange={onChange} isInvalid={Boolean(error)}>
      <Label>{label}</Label>
      {lines ? <TextArea placeholder={placeholder} /> : <Input placeholder={placeholder} />}
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError>{error}</FieldError>
    </TextField>
  );
}

interface NumberProps extends Common {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  least?: number;
  most?: number;
  placeholder?: string;
}

/**
 * A number as people write it, `1e-4` too, told at each key: a form must not wait for the field to be left. What is no number
 * within the limits is `undefined`, and said.
 */
export function NumberInput({ label, hint, value, onChange, least, most, placeholder }: NumberProps) {
  const [written, setWritten] = useState(value === undefined ? '' : String(value));
  const read = (words: string) => {
    const number = Number(words.trim().replace(',', '.'));
    const isFine = words.trim() !== '' && number >= (least ?? -Infinity) && number <= (most ?? Infinity);
    return isFine ? number : undefined;
  };
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    // A value from outside (another choice, the address) is written anew; one's own stays as it was typed.
    setSeen(value);
    if (value !== undefined && read(written) !== value) setWritten(String(value));
  }
  const isWrong = written.trim() !== '' && read(written) === undefined;
  return (
    <TextField
      className="field"
      value={written}
      inputMode="decimal"
      isInvalid={isWrong}
      onChange={(next) => {
        setWritten(next);
        onChange(read(next));
      }}
    >
      <Label>{label}</Label>
      <Input placeholder={placeholder} />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError>{text.numberExpected(least, most)}</FieldError>
    </TextField>
  );
}

export interface Option {
  id: string;
  label: string;
}

interface ChoiceProps extends Common {
  options: readonly Option[];
  value: string;
  onChange: (id: string) => void;
}

export function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <Select className="field" value={value} onChange={(key) => onChange(String(key))}>
      <Label>{label}</Label>
      <Button>
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <ListBox>
          {options.map(({ id, label: option }) => (
            <ListBoxItem key={id} id={id} className="menu-item" textValue={option}>
              {option}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

interface ToggleProps {
  children: ReactNode;
  selected: boolean;
  onChange: (selected: boolean) => void;
}

export function Toggle({ children, selected, onChange }: ToggleProps) {
  return (
    <Switch className="switch" isSelected={selected} onChange={onChange}>
      <span className="track" aria-hidden="true" />
      {children}
    </Switch>
  );
}

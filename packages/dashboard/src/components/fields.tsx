// Fields of a form, each with its label, hint and error.
import type { ReactNode } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { NumberField } from 'react-aria-components/NumberField';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Switch } from 'react-aria-components/Switch';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';
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
}

/** Any number of digits: learning rates are small. */
export function NumberInput({ label, hint, value, onChange, least, most }: NumberProps) {
  return (
    <NumberField
      className="field"
      value={value ?? Number.NaN}
      onChange={(next) => onChange(Number.isNaN(next) ? undefined : next)}
      formatOptions={{ maximumSignificantDigits: 12, useGrouping: false }}
      {...(least !== undefined && { minValue: least })}
      {...(most !== undefined && { maxValue: most })}
    >
      <Label>{label}</Label>
      <Input />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
    </NumberField>
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

// How long it may take.
import { NumberInput } from '../../components/fields.js';
import { text } from '../../text.js';

export const DEFAULT_MINUTES = 15;

interface Props {
  minutes: number | undefined;
  trials: number | undefined;
  onChange: (change: { minutes?: number | undefined; trials?: number | undefined }) => void;
}

export function BudgetFields({ minutes, trials, onChange }: Props) {
  return (
    <div className="grid narrow">
      <NumberInput
        label={text.start.minutes}
        hint={text.start.minutesHint}
        value={minutes}
        placeholder={trials === undefined ? String(DEFAULT_MINUTES) : ''}
        onChange={(next) => onChange({ minutes: next })}
        least={0.1}
      />
      <NumberInput
        label={text.start.trials}
        value={trials}
        onChange={(next) => onChange({ trials: next && Math.round(next) })}
        least={1}
      />
    </div>
  );
}

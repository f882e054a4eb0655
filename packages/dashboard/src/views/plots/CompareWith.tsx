// Draws other studies beside this one.
import type { StudySummary } from '@goldilocks/protocol/page';
import { Button } from '../../components/Button.js';
import { MenuButton } from '../../components/Dialog.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { text } from '../../text.js';

interface Props {
  studies: readonly StudySummary[];
  /** Keys, separated by commas. */
  chosen: string | undefined;
  onChange: (chosen: string | undefined) => void;
}

export function CompareWith({ studies, chosen, onChange }: Props) {
  const study = useStudyKey();
  const others = studies.filter(({ key, trials }) => key !== study && trials > 0);
  if (others.length === 0) return null;
  return (
    <MenuButton
      trigger={<Button look="compact">{text.plots.withStudies}</Button>}
      label={text.plots.withStudies}
      entries={others.map(({ key, title }) => ({ id: key, label: title }))}
      selection={{
        mode: 'multiple',
        selected: chosen?.split(',') ?? [],
        onChange: (keys) => onChange(keys.join(',') || undefined),
      }}
    />
  );
}

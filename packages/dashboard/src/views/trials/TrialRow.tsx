// One trial as a row of the table; drawn anew only when something of it changes.
import { memo } from 'react';
import type { TrialColumn } from '../../filter/columns.js';

interface Props {
  id: string;
  trial: number;
  /** Its place in the columns. */
  row: number;
  /** Its place in the table, from 0. */
  index: number;
  /** Pixels from the top. */
  start: number;
  shown: readonly TrialColumn[];
  selected: boolean;
  current: boolean;
  href: string;
  onPoint: (index: number) => void;
  onToggle: (trial: number) => void;
  onOpen: (trial: number) => void;
}

export const TrialRow = memo(function TrialRow({
  id,
  trial,
  row,
  index,
  start,
  shown,
  selected,
  current,
  href,
  onPoint,
  onToggle,
  onOpen,
}: Props) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for its rows
    <div
      id={id}
      className="grid-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-current={current}
      style={{ transform: `translateY(${start}px)` }}
      onClick={(event) => {
        onPoint(index);
        if (event.ctrlKey || event.metaKey || event.shiftKey) onToggle(trial);
      }}
      onDoubleClick={() => onOpen(trial)}
    >
      {shown.map((column) => (
        <div key={column.id} role="gridcell" className={column.numeric ? 'grid-cell number' : 'grid-cell'}>
          {column.id === 'number' ? <TrialAnchor trial={trial} href={href} onOpen={onOpen} /> : column.label(row)}
        </div>
      ))}
    </div>
  );
});

/** A router's link reckons its address at each drawing, which takes longer than all else of a row. */
function TrialAnchor({ trial, href, onOpen }: Pick<Props, 'trial' | 'href' | 'onOpen'>) {
  return (
    <a
      href={href}
      tabIndex={-1}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(trial);
      }}
    >
      {trial}
    </a>
  );
}

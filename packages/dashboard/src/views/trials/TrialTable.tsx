// The table itself: only the rows in sight are in the page; one stop for the Tab key, arrows move within.

import { useRouter } from '@tanstack/react-router';
import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { TrialColumns } from '../../api/trial-store.js';
import type { TrialColumn } from '../../filter/columns.js';
import { text } from '../../text.js';
import { TrialRow } from './TrialRow.js';
import { useOpenTrial } from './useOpenTrial.js';

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() });

/** A trial, by its row in the columns. */
interface Row {
  row: number;
}

interface Props {
  study: string;
  trials: TrialColumns;
  columns: readonly TrialColumn[];
  hidden: readonly string[];
  rows: readonly number[];
  /** `value` or `-value`: by which column, falling with a minus. */
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  selected: readonly number[];
  onToggle: (trial: number) => void;
}

const ROW_HEIGHT = 36;

export function TrialTable({ study, trials, columns, hidden, rows, sort, onSort, selected, onToggle }: Props) {
  const data = useMemo(() => rows.map((row): Row => ({ row })), [rows]);
  const definitions = useMemo(() => columns.map(definition), [columns]);
  const sorting = useMemo(() => sortingOf(sort), [sort]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    state: {
      sorting,
      columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])),
    },
    onSortingChange: (change) => onSort(sortOf(typeof change === 'function' ? change(sorting) : change)),
    getRowId: ({ row }) => String(row),
  });
  const sorted = table.getRowModel().rows;
  const shown = useMemo(() => columns.filter(({ id }) => !hidden.includes(id)), [columns, hidden]);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const address = useRouter().buildLocation({ to: '/s/$study/trials', params: { study } }).pathname;
  const template = shown.map(({ width }) => `minmax(0, ${width}fr)`).join(' ');
  const least = shown.reduce((sum, { width }) => sum + width, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const slots = useRef(1);
  slots.current = Math.max(slots.current, items.length);
  const [current, setCurrent] = useState(0);
  const at = Math.min(current, sorted.length - 1);
  const openTrial = useOpenTrial();
  const trialAt = (index: number) => trials.numbers[sorted[index]!.original.row]!;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = {
      ...{
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: at + page,
        PageUp: at - page,
        Home: 0,
        End: sorted.length - 1,
      },
    };
    const next = steps[event.key];
    if (next !== undefined) {
      const place = Math.min(sorted.length - 1, Math.max(0, next));
      setCurrent(place);
      virtual.scrollToIndex(place, { align: 'auto' });
    } else if (event.key === 'Enter') openTrial(trialAt(at));
    else if (event.key === ' ') onToggle(trialAt(at));
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      className="card flush grid-table"
      role="grid"
      aria-label={text.trials.table}
      aria-rowcount={sorted.length + 1}
      aria-colcount={shown.length}
      aria-multiselectable="true"
      aria-activedescendant={`row-${sorted[at]?.id}`}
      tabIndex={0}
      style={{ '--columns': template } as CSSProperties}
      onKeyDown={onKeyDown}
    >
      <div className="grid-head" role="rowgroup" style={{ minWidth: least }}>
        <div className="grid-row" role="row" aria-rowindex={1}>
          {shown.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth: least }}>
        {items.map(({ index, start }) => {
          const { id, original } = sorted[index]!;
          const trial = trials.numbers[original.row]!;
          return (
            <TrialRow
              // Rows that leave the window become those that enter it: nothing is made or taken away while scrolling.
              key={index % slots.current}
              id={`row-${id}`}
              trial={trial}
              row={original.row}
              index={index}
              start={start}
              shown={shown}
              selected={chosen.has(trial)}
              current={index === at}
              href={`${address}/${trial}`}
              onPoint={setCurrent}
              onToggle={onToggle}
              onOpen={openTrial}
            />
          );
        })}
      </div>
    </div>
  );
}

function definition({ id, title, value, choices }: TrialColumn): ColumnDef<typeof features, Row> {
  return {
    id,
    header: title,
    // Undefined goes last, whichever way it is sorted.
    accessorFn: ({ row }) => value(row) ?? undefined,
    sortUndefined: 'last',
    sortFn: (a, b, column) => (a.getValue<number>(column) ?? 0) - (b.getValue<number>(column) ?? 0),
    ...(choices && { enableSorting: true }),
  };
}

function sortingOf(sort: string | undefined): SortingState {
  if (!sort) return [];
  return sort.startsWith('-') ? [{ id: sort.slice(1), desc: true }] : [{ id: sort, desc: false }];
}

function sortOf([first]: SortingState): string | undefined {
  return first && `${first.desc ? '-' : ''}${first.id}`;
}

interface HeadProps {
  column: TrialColumn;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

/** Rising, falling, and as they came. */
function HeadCell({ column: { id, title, numeric }, sort, onSort }: HeadProps) {
  const order = sort === id ? 'ascending' : sort === `-${id}` ? 'descending' : 'none';
  const next = { none: id, ascending: `-${id}`, descending: undefined }[order];
  return (
    <div role="columnheader" aria-sort={order} className={`grid-cell ${numeric ? 'number' : ''}`}>
      <button type="button" className="sort" title={text.trials.sortBy(title)} onClick={() => onSort(next)}>
        {title} <span aria-hidden="true">{{ ascending: '▲', descending: '▼', none: '' }[order]}</span>
      </button>
    </div>
  );
}

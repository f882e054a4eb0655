// A chart with its question, legend, downloads, and the table of its numbers behind it.
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { Button } from '../components/Button.js';
import { DataTable } from '../components/DataTable.js';
import { MenuButton } from '../components/Dialog.js';
import { Icon } from '../components/Icon.js';
import { plain } from '../format.js';
import { text } from '../text.js';
import { Chart, type ChartHandle } from './Chart.js';
import { type Cell, csv, type Drawing, type LegendEntry } from './drawing.js';
import { savePng, saveSvg, saveText } from './save.js';

interface Props {
  /** The question that it answers, or what it shows. */
  title: string;
  /** The answer in a sentence, or how to read it. */
  sentence: string;
  drawing: Drawing;
  /** Of the saved files, without ending. */
  file: string;
  /** The study whose trials its first column links to. */
  study?: string;
  onTrial?: (trial: number) => void;
  onSelect?: (conditions: NonNullable<ReturnType<NonNullable<Drawing['select']>>>) => void;
  controls?: ReactNode;
  level?: 'h2' | 'h3';
}

export function ChartFigure({
  title,
  sentence,
  drawing,
  file,
  study,
  onTrial,
  onSelect,
  controls,
  level = 'h3',
}: Props) {
  const chart = useRef<ChartHandle>(null);
  const [selecting, setSelecting] = useState(false);
  const Title = level;
  const save = (kind: string) => {
    if (kind === 'csv') return saveText(csv(drawing.numbers()), `${file}.csv`, 'text/csv');
    const picture = chart.current?.option();
    if (picture) void (kind === 'svg' ? saveSvg(picture, `${file}.svg`) : savePng(picture, `${file}.png`));
  };
  return (
    <figure className="figure">
      <figcaption>
        <div>
          <Title>{title}</Title>
          <p>{sentence}</p>
        </div>
        <div className="row nowrap" style={{ flexWrap: 'nowrap' }}>
          {drawing.brush && onSelect && (
            <ToggleButton className="button compact" isSelected={selecting} onChange={setSelecting}>
              {text.charts.select}
            </ToggleButton>
          )}
          <MenuButton
            trigger={
              <Button look="quiet compact" title={text.charts.saveOf(title)}>
                <Icon name="down" />
              </Button>
            }
            label={text.charts.save}
            entries={(['png', 'svg', 'csv'] as const).map((id) => ({ id, label: text.charts.formats[id] }))}
            onAction={save}
          />
        </div>
      </figcaption>
      {controls}
      {drawing.legend && <Legend entries={drawing.legend} />}
      <Chart
        drawing={drawing}
        label={`${title} ${sentence}`}
        onTrial={onTrial}
        onSelect={onSelect}
        selecting={selecting}
        handle={chart}
      />
      <NumbersBehind drawing={drawing} title={title} study={study} />
    </figure>
  );
}

const marks: Record<LegendEntry['mark'], ReactNode> = {
  line: <path d="M1 7h22" strokeWidth="3" />,
  dashes: <path d="M1 7h6m3 0h6m3 0h5" strokeWidth="3" />,
  dot: <circle cx="12" cy="7" r="4.5" fill="currentColor" stroke="none" />,
  ring: <circle cx="12" cy="7" r="4" strokeWidth="2" />,
  cross: <path d="M8 3l8 8m0-8l-8 8" strokeWidth="3" />,
  area: <rect x="2" y="1" width="20" height="12" fill="currentColor" stroke="none" opacity=".3" />,
  bar: <rect x="2" y="3" width="20" height="8" fill="currentColor" stroke="none" />,
};

export function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul className="legend">
      {entries.map(({ mark, tone, label }) => (
        <li key={label}>
          <svg
            viewBox="0 0 24 14"
            aria-hidden="true"
            fill="none"
            stroke="currentColor"
            style={{ color: `var(--${tone})` }}
          >
            {marks[mark]}
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

function NumbersBehind({ drawing, title, study }: { drawing: Drawing; title: string; study: string | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text.charts.numbers(title)}</summary>
      {open && <NumbersTable drawing={drawing} title={title} study={study} />}
    </details>
  );
}

function NumbersTable({ drawing, title, study }: { drawing: Drawing; title: string; study: string | undefined }) {
  const numbers = useMemo(() => drawing.numbers(), [drawing]);
  const write = (cell: Cell) => (typeof cell === 'number' ? plain(cell, 5) : (cell ?? '—'));
  const columns = numbers.columns.map(({ title: column, number }, at) => ({
    title: column,
    ...(number && { number }),
    cell: (row: readonly Cell[]) =>
      at === 0 && numbers.ofTrials && study !== undefined && row[0] !== null ? (
        <Link to="/s/$study/trials/$trial" params={{ study, trial: String(row[0]) }} search={(before) => before}>
          {row[0]}
        </Link>
      ) : (
        write(row[at] ?? null)
      ),
  }));
  return <DataTable caption={title} columns={columns} rows={numbers.rows} pageSize={20} />;
}

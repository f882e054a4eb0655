// A plain table of numbers and words, in pages where it is long.
import { type ReactNode, useState } from 'react';
import { count } from '../format.js';
import { text } from '../text.js';
import { Button } from './Button.js';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  number?: boolean;
}

interface Props<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  pageSize?: number;
  hideCaption?: boolean;
}

export function DataTable<Row>({ caption, columns, rows, pageSize = 50, hideCaption }: Props<Row>) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const at = Math.min(page, pages - 1);
  const shown = rows.slice(at * pageSize, (at + 1) * pageSize);
  return (
    <div className="stack tight">
      <section className="scroll" aria-label={caption} tabIndex={0}>
        <table>
          <caption className={hideCaption ? 'visually-hidden' : undefined}>{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title, number }) => (
                <th key={title} scope="col" className={number ? 'number' : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, i) => (
              <tr key={i}>
                {columns.map(({ title, cell, number }, at) =>
                  at === 0 ? (
                    <th key={title} scope="row" className={number ? 'number' : undefined}>
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={title} className={number ? 'number' : undefined}>
                      {cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div className="row small">
          <Button look="compact" isDisabled={at === 0} onPress={() => setPage(at - 1)}>
            {text.table.before}
          </Button>
          <span>{text.table.page(count(at + 1), count(pages))}</span>
          <Button look="compact" isDisabled={at === pages - 1} onPress={() => setPage(at + 1)}>
            {text.table.next}
          </Button>
        </div>
      )}
    </div>
  );
}

// Right labels against answers, and the test examples behind each cell.
import type { Confusion } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { confusionQuery } from '../../api/queries.js';
import { Choice } from '../../components/fields.js';
import { Shown } from '../../components/states.js';
import { text } from '../../text.js';

export function ConfusionMatrix({ study }: { study: string }) {
  const query = useQuery(confusionQuery(study));
  return (
    <section className="card stack" aria-labelledby="confusion">
      <div>
        <h2 id="confusion">{text.try.confusion}</h2>
        <p className="small muted">{text.try.confusionHow}</p>
      </div>
      <Shown query={query}>
        {(confusion) =>
          confusion.tuned ? <Matrix confusion={confusion} /> : <p className="muted">{confusion.sentence}</p>
        }
      </Shown>
    </section>
  );
}

function Matrix({ confusion }: { confusion: Confusion }) {
  const { model = 'tuned' } = useSearch({ from: '/s/$study/try' });
  const navigate = useNavigate({ from: '/s/$study/try' });
  const [cell, setCell] = useState<[number, number]>();
  const { labels } = confusion;
  const counts = confusion[model] ?? confusion.tuned!;
  return (
    <>
      {confusion.base && (
        <div style={{ maxWidth: 240 }}>
          <Choice
            label={text.try.model}
            options={[
              { id: 'tuned', label: text.try.tuned },
              { id: 'base', label: text.try.base },
            ]}
            value={model}
            onChange={(id) =>
              void navigate({
                search: (before) => ({ ...before, model: id as typeof model }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
      )}
      <section className="scroll" aria-label={text.try.matrix} tabIndex={0}>
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">{text.try.expectedHead}</th>
              {labels.map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((expected, i) => (
              <tr key={expected}>
                <th scope="row">{expected}</th>
                {labels.map((answered, j) => (
                  <td key={answered}>
                    <Cell
                      count={counts[i]?.[j] ?? 0}
                      most={Math.max(1, ...(counts[i] ?? []))}
                      isRight={i === j}
                      label={text.try.cell(counts[i]?.[j] ?? 0, expected, answered)}
                      onOpen={() => setCell([i, j])}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div aria-live="polite">
        {cell && <Behind confusion={confusion} model={model} expected={labels[cell[0]]!} answered={labels[cell[1]]!} />}
      </div>
    </>
  );
}

interface CellProps {
  count: number;
  most: number;
  isRight: boolean;
  label: string;
  onOpen: () => void;
}

/** Shaded by its share of the row; what is right in green, what is wrong in amber. */
function Cell({ count, most, isRight, label, onOpen }: CellProps) {
  const strength = Math.round((count / most) * 45);
  const tone = isRight ? 'var(--good)' : 'var(--zone)';
  const style = count > 0 ? { background: `color-mix(in srgb, ${tone} ${strength}%, var(--card))` } : {};
  if (count === 0 || isRight) {
    return (
      <span className="cell" style={style}>
        {count}
      </span>
    );
  }
  return (
    <button type="button" className="cell" style={style} aria-label={label} onClick={onOpen}>
      {count}
    </button>
  );
}

interface BehindProps {
  confusion: Confusion;
  model: 'base' | 'tuned';
  expected: string;
  answered: string;
}

function Behind({ confusion, model, expected, answered }: BehindProps) {
  const errors = confusion.errors.filter(
    (one) => one.model === model && one.expected === expected && one.answered === answered,
  );
  return (
    <div className="stack tight">
      <h3>{text.try.behind(expected, answered)}</h3>
      {errors.length === 0 && <p className="muted">{text.try.noneBehind}</p>}
      <ul className="evidence">
        {errors.map(({ place, text: input }) => (
          <li key={place}>
            <b>{place}</b>
            <span className="pre">{input}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

// All trials in a table: sorted, filtered, with the columns one wants, and as quick with 50,000 as with 50.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { csv } from '../../charts/drawing.js';
import { saveText } from '../../charts/save.js';
import { Button, LinkButton } from '../../components/Button.js';
import { MenuButton } from '../../components/Dialog.js';
import { FilterBar } from '../../components/FilterBar.js';
import { Icon } from '../../components/Icon.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Shown } from '../../components/states.js';
import { keyIn, type TrialColumn } from '../../filter/columns.js';
import { useFilteredTrials } from '../../filter/useFilter.js';
import { count } from '../../format.js';
import { text } from '../../text.js';
import { numbersOf } from './chosen.js';
import { TrialTable } from './TrialTable.js';

/** Hidden until asked for: of little use in most studies. */
const HIDDEN = 'feasible,notes,started,step';

export function TrialsView() {
  const { study, trials, overview, columns, conditions, setConditions, meets } = useFilteredTrials();
  const { sort, hide = HIDDEN, chosen = '' } = useSearch({ from: '/s/$study/trials' });
  const navigate = useNavigate({ from: '/s/$study/trials' });
  useTitle(text.trials.title, overview.data?.summary.title ?? study);
  const set = useCallback(
    (change: { sort?: string | undefined; hide?: string | undefined; chosen?: string | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const rows = useMemo(() => {
    const all = trials.data?.numbers.keys() ?? [];
    return [...all].filter(meets);
  }, [trials.data, meets]);
  const hidden = useMemo(() => hide.split(','), [hide]);
  const selected = useMemo(() => numbersOf(chosen), [chosen]);
  const toggle = useCallback(
    (trial: number) => {
      const next = selected.includes(trial) ? selected.filter((other) => other !== trial) : [...selected, trial];
      set({ chosen: next.join(',') || undefined });
    },
    [selected, set],
  );
  return (
    <Shown query={trials} height={560}>
      {(data) =>
        !columns ? null : data.total === 0 ? (
          <Empty title={text.trials.emptyTitle}>
            <p>{text.trials.empty}</p>
          </Empty>
        ) : (
          <div className="stack">
            <h2 className="visually-hidden">{text.trials.title}</h2>
            <div className="row between">
              <FilterBar columns={columns} conditions={conditions} onChange={setConditions} />
              <div className="row">
                {selected.length > 0 && (
                  <>
                    <LinkButton
                      to="/s/$study/compare"
                      params={{ study }}
                      search={{ trials: selected.join(',') }}
                      look="primary"
                    >
                      {text.trials.compare(selected.length)}
                    </LinkButton>
                    <Button look="quiet compact" onPress={() => set({ chosen: undefined })}>
                      {text.trials.clearChosen}
                    </Button>
                  </>
                )}
                <MenuButton
                  trigger={<Button look="compact">{text.trials.columns}</Button>}
                  label={text.trials.columns}
                  entries={columns.map(({ id, title }) => ({ id, label: title }))}
                  selection={{
                    mode: 'multiple',
                    selected: columns.map(({ id }) => id).filter((id) => !hidden.includes(id)),
                    onChange: (shown) =>
                      set({
                        hide:
                          columns
                            .map(({ id }) => id)
                            .filter((id) => !shown.includes(id))
                            .join(',') || 'none',
                      }),
                  }}
                />
                <Button
                  look="compact"
                  onPress={() => saveText(csvOf(columns, rows), `${study}-trials.csv`, 'text/csv')}
                >
                  <Icon name="down" />
                  {text.trials.saveCsv}
                </Button>
              </div>
            </div>
            <p className="small muted" role="status">
              {conditions.length > 0
                ? text.trials.shown(count(rows.length), count(data.total))
                : text.trials.all(count(data.total))}
              {' · '}
              {text.trials.chosenHint}
            </p>
            {rows.length === 0 ? (
              <Empty title={text.trials.noneMatch}>
                <Button onPress={() => setConditions([])}>{text.trials.clear}</Button>
              </Empty>
            ) : (
              <TrialTable
                study={study}
                trials={data}
                columns={columns}
                hidden={hidden}
                rows={rows}
                sort={sort}
                onSort={(next) => set({ sort: next })}
                selected={selected}
                onToggle={toggle}
              />
            )}
          </div>
        )
      }
    </Shown>
  );
}

function csvOf(columns: readonly TrialColumn[], rows: readonly number[]): string {
  return csv({
    columns: columns.map(({ id }) => ({ title: id.replace(/^p\./, '') })),
    rows: rows.map((row) =>
      columns.map((column) => {
        const it = column.value(row);
        if (it === null) return null;
        if (column.kind === 'time') return new Date(it).toISOString();
        return column.choices ? keyIn(column, row) : it;
      }),
    ),
  });
}

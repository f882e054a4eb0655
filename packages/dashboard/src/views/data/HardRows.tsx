// The rows that the model finds hardest, likely mislabelled ones first: kept, fixed or dropped in a corrected copy.
import type { Correction, HardRow } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.js';
import { hardRowsQuery, HARD_ROWS as PAGE, queryClient, workspaceQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { DialogButton } from '../../components/Dialog.js';
import { Pill } from '../../components/Facts.js';
import { TextInput } from '../../components/fields.js';
import { Shown } from '../../components/states.js';
import { tellError } from '../../components/toasts.js';
import { count, measured } from '../../format.js';
import { text } from '../../text.js';

export function HardRows({ study, inspection }: { study: string; inspection: string }) {
  const { from = 0 } = useSearch({ from: '/s/$study/data' });
  const navigate = useNavigate({ from: '/s/$study/data' });
  const query = useQuery(hardRowsQuery(study, from));
  const [corrections, setCorrections] = useState<ReadonlyMap<string, Correction>>(new Map());
  const decide = (place: string, correction: Correction | null) => {
    const next = new Map(corrections);
    if (correction) next.set(place, correction);
    else next.delete(place);
    setCorrections(next);
  };
  const go = (next: number) => void navigate({ search: (before) => ({ ...before, from: next || undefined }) });
  return (
    <section className="stack" aria-labelledby="hard-rows">
      <h2 id="hard-rows">{text.data.hard}</h2>
      <Shown query={query}>
        {({ total, rows, sentence }) => (
          <>
            <p className="muted">{total === 0 ? sentence || text.data.hardEmpty : sentence}</p>
            {corrections.size > 0 && <SaveCopy inspection={inspection} corrections={[...corrections.values()]} />}
            <ul className="grid wide">
              {rows.map((row) => (
                <HardRowCard
                  key={row.place}
                  row={row}
                  correction={corrections.get(row.place)}
                  onDecide={(correction) => decide(row.place, correction)}
                />
              ))}
            </ul>
            {total > PAGE && (
              <div className="row small">
                <Button look="compact" isDisabled={from === 0} onPress={() => go(Math.max(0, from - PAGE))}>
                  {text.table.before}
                </Button>
                <span>{text.table.page(count(Math.floor(from / PAGE) + 1), count(Math.ceil(total / PAGE)))}</span>
                <Button look="compact" isDisabled={from + PAGE >= total} onPress={() => go(from + PAGE)}>
                  {text.table.next}
                </Button>
              </div>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

interface CardProps {
  row: HardRow;
  correction: Correction | undefined;
  onDecide: (correction: Correction | null) => void;
}

function HardRowCard({ row, correction, onDecide }: CardProps) {
  const { place, split, text: input, target, cut, loss, answer, suspect, why } = row;
  return (
    <li className="card stack tight">
      <div className="row small">
        <code>{place}</code>
        <span className="muted">{split}</span>
        {loss !== null && <span className="number muted">{text.data.loss(measured(loss))}</span>}
        {suspect && <Pill look="warm">{text.data.suspect}</Pill>}
        {cut && <span className="muted">{text.data.isCut}</span>}
      </div>
      <p className="pre">{input}</p>
      <div className="grid narrow small">
        <div>
          <span className="label">{text.data.answer}</span>
          <p className="pre">{correction?.action === 'fix' ? correction.target : target}</p>
        </div>
        {answer !== null && (
          <div>
            <span className="label">{text.data.modelSays}</span>
            <p className="pre">{answer}</p>
          </div>
        )}
      </div>
      {why && <p className="small muted">{why}</p>}
      {correction ? (
        <div className="row">
          <Pill look={correction.action === 'drop' ? 'bad' : 'good'}>{text.data.decided[correction.action]}</Pill>
          <Button look="quiet compact" onPress={() => onDecide(null)}>
            {text.data.takeBack}
          </Button>
        </div>
      ) : (
        <div className="row">
          <Button look="compact" onPress={() => onDecide({ place, action: 'accept' })}>
            {text.data.accept}
          </Button>
          <DialogButton trigger={<Button look="compact">{text.data.fix}</Button>} title={text.data.fix}>
            {(close) => (
              <FixRow
                target={answer ?? target}
                onFix={(next) => {
                  onDecide({ place, action: 'fix', target: next });
                  close();
                }}
              />
            )}
          </DialogButton>
          <Button look="danger compact" onPress={() => onDecide({ place, action: 'drop' })}>
            {text.data.drop}
          </Button>
        </div>
      )}
    </li>
  );
}

function FixRow({ target, onFix }: { target: string; onFix: (target: string) => void }) {
  const [next, setNext] = useState(target);
  return (
    <>
      <TextInput label={text.data.fixTo} value={next} onChange={setNext} lines />
      <div>
        <Button look="primary" isDisabled={next.trim() === ''} onPress={() => onFix(next)}>
          {text.data.fix}
        </Button>
      </div>
    </>
  );
}

function SaveCopy({ inspection, corrections }: { inspection: string; corrections: Correction[] }) {
  const [saved, setSaved] = useState<{ path: string; sentence: string }>();
  const save = async () => {
    try {
      const { file, fixed, dropped } = await call('correctData', { path: { inspection }, body: { corrections } });
      setSaved({ path: file.path, sentence: text.data.saved(file.path, fixed, dropped) });
      void queryClient.invalidateQueries({ queryKey: workspaceQuery.queryKey });
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <div className="notice blue row">
      <Button look="primary" onPress={() => void save()}>
        {text.data.saveCopy(corrections.length)}
      </Button>
      {saved ? (
        <span role="status">
          {saved.sentence}{' '}
          <Link to="/start" search={{ data: saved.path }}>
            {text.data.startWith}
          </Link>
        </span>
      ) : (
        <span className="small">{text.data.changeCount}</span>
      )}
    </div>
  );
}

// The plan: made on request, since it trains a few steps to measure; then the start.
import type { Planned } from '@goldilocks/protocol/page';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { call, stream } from '../../api/client.js';
import { queryClient, studiesQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { TextInput } from '../../components/fields.js';
import { Failure } from '../../components/states.js';
import { tell } from '../../components/toasts.js';
import { text } from '../../text.js';
import { PlanReport } from './PlanReport.js';
import { type Choices, requestOf } from './request.js';

interface Props {
  choices: Choices;
  onChange: (change: Pick<Choices, 'fixed' | 'ranges'>) => void;
}

export function PlanSection({ choices, onChange }: Props) {
  const { plan, note, error, busy, make, stale } = usePlan(choices);
  return (
    <section className="stack" aria-labelledby="step-plan">
      <h2 id="step-plan">{text.start.planTitle}</h2>
      <div className="row">
        <Button look="primary" isDisabled={busy} onPress={make}>
          {plan ? text.start.again : text.start.makePlan}
        </Button>
        <span className="small muted" role="status">
          {busy ? note || text.start.planning : plan && stale ? text.start.changedSince : text.start.planHint}
        </span>
      </div>
      {error && <Failure error={error} retry={make} />}
      {busy && <div className="skeleton" />}
      {plan && <PlanReport plan={plan} choices={choices} onChange={onChange} />}
      <Go choices={choices} ready={!busy} primary={plan !== null} />
    </section>
  );
}

function usePlan(choices: Choices) {
  const asked = JSON.stringify(requestOf(choices));
  const [plan, setPlan] = useState<Planned | null>(null);
  const [madeFor, setMadeFor] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const make = async () => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    setBusy(true);
    setError(null);
    try {
      for await (const { value } of stream('plan', { body: JSON.parse(asked), signal: controller.signal })) {
        if (value.type === 'note') setNote(value.text);
        if (value.type === 'failed') throw new Error(value.message);
        if (value.type === 'plan') {
          setPlan(value.plan);
          setMadeFor(asked);
        }
      }
    } catch (problem) {
      if (!controller.signal.aborted) setError(problem as Error);
    } finally {
      if (current.current === controller) setBusy(false);
    }
  };
  return { plan, note, error, busy, make: () => void make(), stale: madeFor !== asked };
}

function Go({ choices, ready, primary }: { choices: Choices; ready: boolean; primary: boolean }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      const { study } = await call('start', {
        body: { ...requestOf(choices), ...(name.trim() && { study: name.trim() }) },
      });
      tell(text.start.started(study));
      void queryClient.invalidateQueries({ queryKey: studiesQuery.queryKey });
      await navigate({ to: '/s/$study', params: { study } });
    } catch (problem) {
      setError(problem as Error);
      setBusy(false);
    }
  };
  return (
    <div className="card stack">
      <TextInput label={text.start.name} hint={text.start.nameHint} value={name} onChange={setName} />
      {error && <Failure error={error} />}
      <div>
        <Button {...(primary && { look: 'primary' as const })} isDisabled={!ready || busy} onPress={() => void start()}>
          {text.start.go}
        </Button>
      </div>
    </div>
  );
}

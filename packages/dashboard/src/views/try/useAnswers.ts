// The answers of both models while they come.
import type { AnswerRequest } from '@goldilocks/protocol/page';
import { useCallback, useEffect, useRef, useState } from 'react';
import { stream } from '../../api/client.js';

export interface Pane {
  name: string;
  hash: string;
  text: string;
  /** Null while it is still written. */
  seconds: number | null;
}

export type Panes = Partial<Record<'base' | 'tuned', Pane>>;

export function useAnswers(study: string) {
  const [panes, setPanes] = useState<Panes>({});
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const ask = async (body: AnswerRequest) => {
    stop();
    const controller = new AbortController();
    current.current = controller;
    setPanes({});
    setError(null);
    setBusy(true);
    const change = (model: 'base' | 'tuned', next: (pane: Pane) => Pane) =>
      setPanes((before) => ({
        ...before,
        [model]: next(before[model] ?? { name: '', hash: '', text: '', seconds: null }),
      }));
    try {
      for await (const { value } of stream('answer', { path: { study }, body, signal: controller.signal })) {
        if (value.type === 'started') change(value.model, (pane) => ({ ...pane, name: value.name, hash: value.hash }));
        if (value.type === 'piece') change(value.model, (pane) => ({ ...pane, text: pane.text + value.text }));
        if (value.type === 'answer')
          change(value.model, (pane) => ({ ...pane, text: value.text, seconds: value.seconds }));
        if (value.type === 'failed') throw new Error(value.message);
      }
    } catch (problem) {
      if (!controller.signal.aborted) setError(problem as Error);
    } finally {
      if (current.current === controller) setBusy(false);
    }
  };
  return { panes, error, busy, ask: (body: AnswerRequest) => void ask(body), stop };
}

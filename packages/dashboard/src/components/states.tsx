// What a view shows when it has no data: still loading, nothing there yet, or an error with its cause and the next step.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ServerError, UnreachableError } from '../api/errors.js';
import { text } from '../text.js';
import { Button } from './Button.js';
import { Bowls } from './Icon.js';

export function Loading({ height = 240, label = text.states.loading }: { height?: number; label?: string }) {
  return (
    <div role="status">
      <div className="skeleton" style={{ minHeight: height }} />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Bowls />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const advice = error instanceof ServerError || error instanceof UnreachableError ? error.advice : '';
  return (
    <div className="notice bad stack tight" role="alert">
      <b>{text.errors.title}</b>
      <p className="pre">{error.message}</p>
      {advice && <p className="pre">{advice}</p>}
      {retry && (
        <div>
          <Button look="compact" onPress={retry}>
            {text.errors.retry}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ShownProps<Data> {
  query: UseQueryResult<Data, Error>;
  height?: number;
  children: (data: Data) => ReactNode;
}

/** A query's data once they are there. Data that could not be brought up to date stay, with a word about it. */
export function Shown<Data>({ query, height, children }: ShownProps<Data>) {
  const { data, error, refetch } = query;
  if (data === undefined) {
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading {...(height && { height })} />;
  }
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {children(data)}
    </>
  );
}

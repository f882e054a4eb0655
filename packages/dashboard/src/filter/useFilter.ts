// The study's trials with the address's filter applied.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { studyQuery, trialsQuery } from '../api/queries.js';
import { columnsOf } from './columns.js';
import { type Condition, matcher, readWhere, writeWhere } from './where.js';

/** Key of the study that the address names. */
export function useStudyKey(): string {
  return useParams({ from: '/s/$study' }).study;
}

export function useConditions(): [Condition[], (conditions: readonly Condition[]) => void] {
  const { where } = useSearch({ from: '/s/$study' });
  const navigate = useNavigate();
  const conditions = useMemo(() => readWhere(where), [where]);
  const change = (next: readonly Condition[]) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, where: writeWhere(next) }), replace: true });
  return [conditions, change];
}

export function useFilteredTrials() {
  const study = useStudyKey();
  const trials = useQuery(trialsQuery(study));
  const overview = useQuery(studyQuery(study));
  const [conditions, setConditions] = useConditions();
  const columns = useMemo(
    () => trials.data && overview.data && columnsOf(trials.data, overview.data),
    [trials.data, overview.data?.objectiveTitle, overview.data?.metricNames],
  );
  const meets = useMemo(() => (columns ? matcher(columns, conditions) : () => true), [columns, conditions]);
  const passes = useMemo(() => {
    if (conditions.length === 0) return () => true;
    return (trial: number) => {
      const row = trials.data?.rows.get(trial);
      return row !== undefined && meets(row);
    };
  }, [trials.data, meets, conditions]);
  return { study, trials, overview, columns, conditions, setConditions, meets, passes };
}

// The way to a trial's own page, from any chart or row.
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useStudyKey } from '../../filter/useFilter.js';

export function useOpenTrial(): (trial: number) => void {
  const study = useStudyKey();
  const navigate = useNavigate();
  return useCallback(
    (trial) =>
      void navigate({
        to: '/s/$study/trials/$trial',
        params: { study, trial: String(trial) },
        search: ({ where }: { where?: string | undefined }) => (where ? { where } : {}),
      }),
    [study, navigate],
  );
}

import { describe, expect, it } from 'vitest';
import { cosineSpent, settles, syntheticRun } from '../../test/synthetic-runs.js';
import { attemptOf, propose, sameSettings } from './propose.js';
import { type Answer, type RefineIo, type RunRequest, refine } from './session.js';

/** A model whose best rate is 1e-3: far below it learns evenly and slowly, far above it diverges. */
function pretend(request: RunRequest) {
  const rate = request.settings.learningRate;
  const { settings } = request;
  if (rate > 5e-3) return syntheticRun({ validation: (s) => 3 + 5 * s, training: (s) => 3 + 5 * s, settings });
  if (rate < 5e-4) {
    const slow = (share: number) => 3 - 1500 * rate * share;
    return syntheticRun({ validation: slow, training: slow, settings });
  }
  return syntheticRun({ validation: settles, training: settles, settings });
}

const start = (learningRate: number) => {
  const { settings } = syntheticRun({ validation: settles, training: settles });
  return pretend({ settings: { ...settings, learningRate } });
};

function recorder(answers: (Answer | undefined)[] = []) {
  const told: string[] = [];
  const requests: RunRequest[] = [];
  const io: RefineIo = {
    tell: (lines) => void told.push(...lines),
    ask: async (proposal) => answers.shift() ?? (proposal ? { kind: 'accept' } : { kind: 'stop' }),
    run: async (request) => {
      requests.push(request);
      return pretend(request);
    },
  };
  return { io, told, requests };
}

describe('refine', () => {
  it('goes from too slow to just right by accepting, and clicks', async () => {
    const { io, told, requests } = recorder();
    const result = await refine(start(1e-4), io);
    expect(requests.map(({ settings }) => settings.learningRate)).toEqual([3e-4, 9e-4]);
    expect(result).toMatchObject({ best: 2, end: 'clicked' });
    expect(result.attempts[2]!.diagnoses[0]!.kind).toBe('just-right');
    expect(told.join('\n')).toContain('better: the mean loss of 100 validation examples');
  });

  it('comes back from divergence, although the broken run cannot be compared', async () => {
    const broken = start(0.02);
    broken.history = broken.history.map((evaluation) => ({ ...evaluation, loss: Number.NaN }));
    const { io, requests } = recorder();
    const result = await refine(broken, io);
    expect(requests[0]!.settings.learningRate).toBe(5e-3);
    expect(result).toMatchObject({ best: 1, end: 'clicked' });
  });

  it('takes the person’s own values, and stops when told', async () => {
    const { io, requests } = recorder([
      { kind: 'change', values: { learningRate: 1e-3, dropout: 0.1, frozenLayers: 0.5 } },
      { kind: 'stop' },
    ]);
    const result = await refine(start(1e-4), io);
    expect(requests[0]!.settings).toMatchObject({ learningRate: 1e-3, dropout: 0.1, freezing: { layers: 15 } });
    expect(result.attempts).toHaveLength(2);
    expect(result.best).toBe(1);
  });

  it('keeps the best when a change makes it worse', async () => {
    const { io, told } = recorder([{ kind: 'change', values: { learningRate: 1e-5 } }]);
    const result = await refine(start(1e-3), io);
    expect(result.best).toBe(0);
    expect(result.attempts[1]!.verdict).toBe('worse');
    expect(told.join('\n')).toContain('worse: the mean loss');
  });

  it('ends at its limit, or by its signal', async () => {
    expect(await refine(start(1e-6), recorder().io, { maxRuns: 1 })).toMatchObject({ end: 'limit' });
    expect(await refine(start(1e-6), recorder().io, { signal: AbortSignal.abort() })).toMatchObject({ end: 'stopped' });
  });
});

describe('propose', () => {
  const late = (share: number) => (share < 0.75 ? settles(share) : 1 + 1.5 * (share - 0.75));
  const overfit = syntheticRun({ validation: late, training: (share) => 0.2 + 2.8 * Math.exp(-4 * share) });

  it('tries half of a step that went too far, and nothing twice', () => {
    const attempts = [attemptOf(overfit)];
    const whole = propose(attempts, 0)!;
    expect(whole.change).toEqual({ hyperparameter: 'dropout', from: 0, to: 0.05 });
    attempts.push(attemptOf({ ...overfit, settings: whole.settings }, 'worse'));
    const half = propose(attempts, 0)!;
    expect(half.change.to).toBe(0.025);
    attempts.push(attemptOf({ ...overfit, settings: half.settings }, 'worse'));
    expect(propose(attempts, 0)).toBeUndefined();
  });

  it('continues from the checkpoint only where that is sound', () => {
    const slowing = (share: number) => 1 + 2 * Math.exp(-2 * cosineSpent(share));
    const falling = (share: number) => 1 + 2 * Math.exp(-2 * share);
    const run = syntheticRun({ validation: slowing, training: slowing });
    const settings = { ...run.settings, schedule: { name: 'constant' as const, warmup: 0 } };
    const constant = syntheticRun({ validation: falling, training: falling, settings });
    expect(propose([attemptOf(constant)], 0)).toMatchObject({ from: 0, continueFromCheckpoint: true });
    expect(propose([attemptOf(run)], 0)!.continueFromCheckpoint).toBe(false);
  });

  it('knows settings that differ in one value only', () => {
    expect(sameSettings(overfit.settings, { ...overfit.settings, seed: 5 }, 30)).toBe(true);
    expect(sameSettings(overfit.settings, { ...overfit.settings, weightDecay: 0.02 }, 30)).toBe(false);
  });
});

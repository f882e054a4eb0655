import { describe, expect, it } from 'vitest';
import { feedback, planOf, smol } from '../../test/plan-facts.js';
import type { DataFacts } from './facts.js';
import { judgeSimilarity } from './similarity.js';

const uniform = Math.log(smol.vocabSize);
const measured = { referenceBitsPerByte: 1, vocabSize: smol.vocabSize, completionTokens: 20 };
const cousin = judgeSimilarity({ ...measured, bitsPerByte: 1.05, completionLoss: 0.1 * uniform });
const stranger = judgeSimilarity({ ...measured, bitsPerByte: 3, completionLoss: 0.8 * uniform });
const oddAnswers = judgeSimilarity({ ...measured, bitsPerByte: 1.05, completionLoss: 0.5 * uniform });

const withData = (changes: Partial<DataFacts>) => planOf({ data: { ...feedback, ...changes } });
const changed = (plan: ReturnType<typeof planOf>, name: string) =>
  plan.adjustments.filter((adjustment) => adjustment.hyperparameter === name);

describe('adjustments', () => {
  it('are none for an ordinary task', () => expect(withData({ rows: 1000 }).adjustments).toEqual([]));

  it('freeze most of the layers for a close cousin, at half the rate', () => {
    const plan = planOf({ similarity: cousin });
    expect(plan.settings.freezing).toMatchObject({ layers: 22, embeddings: true });
    expect(plan.settings.learningRate).toBeCloseTo(1e-3, 10);
    expect(changed(plan, 'frozenLayers')[0]).toMatchObject({ from: 0, to: 0.75, evidence: 'prior' });
  });

  it('let every layer adapt for a new direction, at a moderate rate', () => {
    const plan = planOf({ similarity: stranger });
    expect(plan.settings.freezing.layers).toBe(0);
    expect(plan.settings.learningRate).toBeCloseTo(1.4e-3, 10);
  });

  it('freeze the lower layers where only the answers are new', () => {
    expect(oddAnswers.shift).toBe('output');
    expect(planOf({ similarity: oddAnswers }).settings.freezing.layers).toBe(7);
  });

  it('set the epochs by the number of examples', () => {
    expect(withData({ rows: 20 }).settings.epochs).toBe(5);
    expect(withData({ rows: 30_000 }).settings.epochs).toBe(1);
    expect(changed(withData({ rows: 20 }), 'epochs')[0]).toMatchObject({ from: 3, to: 5, evidence: 'published' });
    expect(withData({ rows: 12_000 }).settings.epochs).toBe(2);
  });

  it('take smaller batches for few or long examples', () => {
    expect(withData({ rows: 100 }).settings.batchSize).toBe(4);
    const tokensPerExample = { mean: 700, median: 700, p95: 900, max: 1000 };
    expect(withData({ rows: 5000, tokensPerExample }).settings.batchSize).toBe(8);
  });

  it('answer noise with dropout, a smaller adapter and less patience', () => {
    const { settings } = withData({ noiseShare: 0.08 });
    expect(settings).toMatchObject({ dropout: 0.05, patience: 3, lora: { rank: 8, alpha: 32 } });
    expect(withData({ noiseShare: 0.12 }).settings.dropout).toBe(0.1);
    expect(withData({ noiseShare: 0.01 }).settings.dropout).toBe(0);
  });

  it('take more dropout for a diagnosis, less for a translation', () => {
    const labels = ['normal', 'abnormal'];
    expect(withData({ labels }).settings).toMatchObject({ dropout: 0.05, patience: 5 });
    expect(withData({ labels, outlierShare: 0.06, noiseShare: 0.2 }).settings.dropout).toBe(0.15);
    const completionTokens = { mean: 17, median: 17, p95: 30, max: 40 };
    const translation: Partial<DataFacts> = { task: 'generation', labels: undefined, completionTokens };
    expect(withData({ ...translation, outlierShare: 0.06 }).settings.dropout).toBe(0);
    expect(withData(translation).adjustments).toEqual([]);
  });

  it('leave alone what the person fixed', () => {
    const plan = planOf({ similarity: cousin, userSettings: { learningRate: 1e-4, freezing: { layers: 3 } } });
    expect(plan.settings).toMatchObject({ learningRate: 1e-4, freezing: { layers: 3, embeddings: true } });
    expect(plan.adjustments).toEqual([]);
  });

  it('each say what was seen, and on what grounds', () => {
    const plan = planOf({ similarity: cousin, data: { ...feedback, rows: 40, noiseShare: 0.2, outlierShare: 0.1 } });
    expect(plan.adjustments.length).toBeGreaterThan(6);
    for (const { because, source, from, to } of plan.adjustments) {
      expect(because).toMatch(/^[A-Z\d].*[.]$/);
      expect(source.length).toBeGreaterThan(5);
      expect(from).not.toBe(to);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { judgeSimilarity } from './similarity.js';

const uniform = Math.log(4096);
const base = { referenceBitsPerByte: 1.5, vocabSize: 4096, completionTokens: 20 };

describe('judgeSimilarity', () => {
  it('calls text as familiar as the reference a close cousin', () => {
    const result = judgeSimilarity({ ...base, bitsPerByte: 1.6, completionLoss: 0.15 * uniform });
    expect(result).toMatchObject({ verdict: 'close cousin', shift: 'none' });
    expect(result.textRatio).toBeCloseTo(1.6 / 1.5);
    expect(result.surprise).toBeCloseTo(0.15);
    expect(result.sentence).toContain('1.07 times');
    expect(result.sentence).toContain('15 %');
  });

  it('takes the stranger of text and completions, and says which differs', () => {
    expect(judgeSimilarity({ ...base, bitsPerByte: 4, completionLoss: 0.1 * uniform })).toMatchObject({
      verdict: 'new direction',
      shift: 'input',
    });
    expect(judgeSimilarity({ ...base, bitsPerByte: 1.5, completionLoss: 0.9 * uniform })).toMatchObject({
      verdict: 'new direction',
      shift: 'output',
    });
    expect(judgeSimilarity({ ...base, bitsPerByte: 2.5, completionLoss: 0.5 * uniform }).shift).toBe('both');
  });

  it('forgives short answers one step of strangeness', () => {
    const measurement = { ...base, bitsPerByte: 1.5, completionLoss: 0.5 * uniform };
    expect(judgeSimilarity(measurement).verdict).toBe('distant relative');
    expect(judgeSimilarity({ ...measurement, completionTokens: 2 }).verdict).toBe('relative');
  });

  it('never gets closer as the numbers get worse', () => {
    const order = ['close cousin', 'relative', 'distant relative', 'new direction'];
    let last = 0;
    for (let bits = 1; bits < 6; bits += 0.1) {
      const now = order.indexOf(judgeSimilarity({ ...base, bitsPerByte: bits, completionLoss: bits }).verdict);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  it('refuses numbers that are none', () => {
    expect(() => judgeSimilarity({ ...base, bitsPerByte: Number.NaN, completionLoss: 1 })).toThrow(/bitsPerByte/);
  });
});

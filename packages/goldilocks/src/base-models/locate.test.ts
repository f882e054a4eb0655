import { describe, expect, it } from 'vitest';
import { locateModel, shippedModels } from './locate.js';

describe('locateModel', () => {
  it('finds what ships, and says what there is', () => {
    expect(shippedModels()).toContain('goldilocks-base');
    expect(locateModel('goldilocks-base')).toMatch(/models.goldilocks-base$/);
    expect(() => locateModel('goldilocks-bass')).toThrow(/neither a folder .*goldilocks-base/);
  });

  it('says what cannot be used yet', () => {
    expect(() => locateModel('HuggingFaceTB/SmolLM2-135M')).toThrow(/Hub: this version downloads nothing/);
    expect(() => locateModel('package.json')).toThrow(/is a file/);
    expect(() => locateModel('model.gguf')).toThrow(/There is no model «model.gguf»/);
  });
});

import { describe, expect, it } from 'vitest';
import { locateModel, shippedModels } from './locate.js';

describe('locateModel', () => {
  it('finds what ships, and says what there is', async () => {
    expect(shippedModels()).toContain('goldilocks-base');
    expect(await locateModel('goldilocks-base')).toMatch(/models.goldilocks-base$/);
    await expect(locateModel('goldilocks-bass')).rejects.toThrow(/neither a folder .*goldilocks-base/);
  });

  it('says what cannot be used', async () => {
    await expect(locateModel('package.json')).rejects.toThrow(/is a file/);
    await expect(locateModel('model.gguf')).rejects.toThrow(/There is no model «model.gguf»/);
    await expect(locateModel('../no/such-model')).rejects.toThrow(/There is no model/);
  });

  it('takes a name on the Hub from the cache, or says that it is not there', async () => {
    const settings = { endpoint: 'http://127.0.0.1:1', cache: '/nowhere', offline: true };
    await expect(locateModel('owner/name', { settings })).rejects.toThrow(/not in the cache .*HF_HUB_OFFLINE/);
  });
});

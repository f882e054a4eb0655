import { describe, expect, it } from 'vitest';
import { relocate } from './relocate.js';

describe('relocate', () => {
  const settings = { data: 'data/a.csv', out: '../result', model: 'goldilocks-base', seed: 3 };

  it('keeps what relative paths point at', () => {
    expect(relocate(settings, '/home/me/work', '/home/me')).toEqual({
      data: 'work/data/a.csv',
      out: 'result',
      model: 'goldilocks-base', // a name, as there is no such path
      seed: 3,
    });
    expect(relocate({ data: '/x/a.csv', out: 'o' }, '/home', '/tmp')).toEqual({ data: '/x/a.csv', out: '../home/o' });
  });

  it('moves a model that is a path, and nothing in the same folder', () => {
    expect(relocate({ data: 'a', out: 'o', model: 'bin' }, '/usr', '/').model).toBe('usr/bin');
    expect(relocate(settings, '/home', '/home')).toBe(settings);
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rowsQuerySchema } from './data.js';
import type { Route } from './route.js';
import { addressOf, routes } from './routes.js';

describe('the routes', () => {
  it('are each a method and path of their own, under /api', () => {
    const all = Object.values(routes as Record<string, Route>);
    expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
    expect(all.every(({ path }) => path.startsWith('/api/'))).toBe(true);
    // What changes something is never a GET, so that no link and no image can do it.
    expect(all.filter(({ method, body, upload }) => method === 'GET' && (body || upload))).toEqual([]);
  });

  it('have an answer or a stream that JSON can carry', () => {
    for (const { answer, stream } of Object.values(routes as Record<string, Route>)) {
      expect([answer, stream].filter((schema) => schema !== undefined)).toHaveLength(1);
      expect(() => z.toJSONSchema((answer ?? stream)!, { unrepresentable: 'any' })).not.toThrow();
    }
  });

  it('give addresses that keep hostile names in their place', () => {
    expect(addressOf('trial', { study: 'a/../b?c#d', trial: '3' })).toBe('/api/studies/a%2F..%2Fb%3Fc%23d/trials/3');
    expect(addressOf('trials', { study: 'a' }, { after: undefined })).toBe('/api/studies/a/trials');
    expect(addressOf('rows', { inspection: 'x' }, { search: 'ä &', limit: 7 })).toBe(
      '/api/inspections/x/rows?search=%C3%A4+%26&limit=7',
    );
    expect(rowsQuerySchema.parse({ limit: '7' })).toEqual({ offset: 0, limit: 7 });
    expect(rowsQuerySchema.safeParse({ limit: '501' }).success).toBe(false);
  });
});

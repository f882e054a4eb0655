import { expect, it } from 'vitest';
import { isLoopback, parsePlace, withoutPassword } from './cluster-options.js';

it('reads where trials run', () => {
  expect(parsePlace('workers')).toEqual({ kind: 'workers' });
  expect(parsePlace('ray=http://127.0.0.1:8265')).toEqual({ kind: 'ray', address: 'http://127.0.0.1:8265' });
  for (const bad of ['ray', 'ray=127.0.0.1:8265', 'ray=file:///x', 'slurm', ''])
    expect(() => parsePlace(bad)).toThrow(/is no place for trials/);
});

it('a URL is kept and shown without its password', () => {
  expect(withoutPassword('postgresql://me:se%40cret@db:5432/studies')).toBe('postgresql://me@db:5432/studies');
  expect(withoutPassword('postgresql://me@db/studies?password=x&sslmode=require')).not.toContain('password');
  expect(withoutPassword('studies.db')).toBe('studies.db');
  expect(withoutPassword('postgresql://me@db/studies')).toBe('postgresql://me@db/studies');
});

it('knows the machine’s own addresses', () => {
  const yes = ['http://127.0.0.1:8265', 'http://localhost:1', 'postgresql://me@127.0.0.2/x', 'http://[::1]:8265'];
  expect(yes.map(isLoopback)).toEqual([true, true, true, true]);
  expect(['http://10.0.0.1', 'http://127.example.org', 'studies.db'].map(isLoopback)).toEqual([false, false, false]);
});

/** Reads the reference values of `goldens/study`, which Python wrote. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parseJson } from '../src/json.js';

export function golden<T>(name: string): T {
  return parseJson(readFileSync(new URL(`../../../goldens/study/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** Expects two numbers to agree to a relative tolerance; infinities and NaN must be the same. */
export function expectClose(actual: number, expected: number, relative: number, what = ''): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
  expect(error, `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(relative);
}

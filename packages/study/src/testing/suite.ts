/** What a conformance suite is made of: named checks that throw when the subject breaks its contract. */

import { deepStrictEqual, ok, rejects } from 'node:assert/strict';

/** Give each to your test runner: `for (const { name, run } of suite) test(name, run)`. */
export interface ConformanceCheck {
  readonly name: string;
  run(): Promise<void>;
}

export type ErrorClass = new (message: string) => Error;

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (cause) {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export function expectTrue(condition: boolean, what: string): void {
  ok(condition, what);
}

export async function expectRejects(action: () => Promise<unknown>, kind: ErrorClass, what: string): Promise<void> {
  await rejects(action, (error) => error instanceof kind, `${what} should throw ${kind.name}`);
}

/** Freezes a value all through, so that whoever changes it is found out. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}

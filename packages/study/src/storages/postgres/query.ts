/** Statements of our own wording, and lists as PostgreSQL reads them. */

import { type Compilable, CompiledQuery } from 'kysely';

export function query<R>(text: string, values: readonly unknown[]): Compilable<R> {
  return { compile: () => CompiledQuery.raw(text, [...values]) as CompiledQuery<R> };
}

/** A list of numbers or nulls as the text of an array. */
export function numberArray(numbers: readonly (number | null)[]): string {
  return `{${numbers.map((number) => number ?? 'NULL').join()}}`;
}

/** A list of texts as the text of an array. */
export function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join()}}`;
}

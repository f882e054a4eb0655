// Numbers over HTTP: JSON has no NaN and no infinities, so they go as words.

export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function fromJsonNumber(value: JsonNumber): number {
  return Number(value);
}

export function toJsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}

// Numbers as they cross a process boundary: JSON writes NaN and infinities as null, and a diverging run has them.
import { z } from 'zod';

/** A measured number. JSON's null is read as NaN; NaN and infinities pass where the transport keeps them. */
export const measuredNumber = z.preprocess(
  (value) => (value === null ? Number.NaN : value),
  z.custom<number>((value) => typeof value === 'number', { error: 'expected a number or null' }),
);

export const count = z.int().min(0);
export const share = z.number().min(0).max(1);

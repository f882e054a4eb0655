/** The operations of Optuna's journal, a line each. States and directions are the numbers of Optuna's enumerations. */

import { z } from 'zod';
import type { JsonValue } from '../../json.js';

const json = z.any() as z.ZodType<JsonValue>;
const id = z.number().int().nonnegative();
const attributes = z.record(z.string(), json);
/** A number that may also be NaN or infinite, which JSON of Python's has. */
const number = z.custom<number>((value) => typeof value === 'number');
const numbers = z.array(number).nullable();
const time = z.string().nullish();
const state = id.max(4);

export const operation = z.discriminatedUnion('op_code', [
  z.object({ op_code: z.literal(0), study_name: z.string(), directions: z.array(id.max(2)).min(1) }),
  z.object({ op_code: z.literal(1), study_id: id }),
  z.object({ op_code: z.literal(2), study_id: id, user_attr: attributes }),
  z.object({ op_code: z.literal(3), study_id: id, system_attr: attributes }),
  z.object({
    op_code: z.literal(4),
    study_id: id,
    datetime_start: time,
    datetime_complete: time,
    state: state.default(0),
    value: number.nullish(),
    values: numbers.default(null),
    distributions: z.record(z.string(), z.string()).default({}),
    params: z.record(z.string(), number).default({}),
    user_attrs: attributes.default({}),
    system_attrs: attributes.default({}),
    intermediate_values: z.record(z.string(), number).default({}),
  }),
  z.object({
    op_code: z.literal(5),
    trial_id: id,
    param_name: z.string(),
    param_value_internal: number,
    distribution: z.string(),
  }),
  z.object({
    op_code: z.literal(6),
    trial_id: id,
    state,
    values: numbers.default(null),
    datetime_start: time,
    datetime_complete: time,
  }),
  z.object({ op_code: z.literal(7), trial_id: id, step: id, intermediate_value: number }),
  z.object({ op_code: z.literal(8), trial_id: id, user_attr: attributes }),
  z.object({ op_code: z.literal(9), trial_id: id, system_attr: attributes }),
  // Written by other implementations only; Optuna passes over it.
  z.object({ op_code: z.literal(10) }),
]);

export type Operation = z.infer<typeof operation>;
export type Of<Code extends Operation['op_code']> = Extract<Operation, { op_code: Code }>;

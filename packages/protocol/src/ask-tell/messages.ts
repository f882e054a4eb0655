// What a program says and hears when it asks and tells over HTTP: one schema for the body of each request and answer.
import { z } from 'zod';
import { spaceFileSchema } from '../space/space-file.js';

/** JSON has no NaN and no infinities: they go as words. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const trialNumber = z.int().min(0).describe("the trial's number");
const params = z.record(z.string(), z.json()).describe('by name; those that do not apply are left out');
const state = z.enum(['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING']);

/** POST /studies: begins a study, or goes on with the one of that name. */
export const createStudyRequest = z.strictObject({
  name: z
    .string()
    .regex(/^[\w][\w.-]{0,99}$/, 'must be of letters, digits, «_», «.» and «-», at most 100')
    .describe('letters, digits, _ . -'),
  space: spaceFileSchema.describe('the same space that goldilocks optimize --space reads, with objectives'),
  sampler: z.enum(['auto', 'tpe', 'gp', 'cma', 'random', 'qmc', 'nsga2']).optional(),
  pruner: z.enum(['median', 'asha', 'hyperband', 'none']).optional(),
  seed: z.int().min(0).optional(),
});
export const createStudyAnswer = z.strictObject({ name: z.string(), created: z.boolean(), trials: z.int() });

/** POST /studies/NAME/ask: the parameters to try next. */
export const askRequest = z.strictObject({});
export const askAnswer = z.strictObject({ trial: trialNumber, params });

/** POST /studies/NAME/trials/NUMBER/report: how the trial is doing; the answer says whether to give it up. */
export const reportRequest = z.strictObject({ step: z.int().min(0), value: number });
export const reportAnswer = z.strictObject({ should_prune: z.boolean() });

/** POST /studies/NAME/trials/NUMBER/tell: how the trial ended. */
export const tellRequest = z.union([
  z.strictObject({
    values: z.union([number, z.array(number).min(1)]).describe('one for each objective; NaN fails the trial'),
    constraints: z.record(z.string(), z.number()).optional().describe('kept where at most 0'),
  }),
  z.strictObject({ state: z.literal('PRUNED') }),
  z.strictObject({ state: z.literal('FAIL'), reason: z.string().max(2000).optional() }),
]);
export const tellAnswer = z.strictObject({ trial: trialNumber, state });

/**
 * POST /studies/NAME/trials/NUMBER/heartbeat: a sign of life. Once a trial has given one, it is taken for lost two minutes
 * after the last, and its parameters are asked for again.
 */
export const heartbeatRequest = z.strictObject({});
export const heartbeatAnswer = z.strictObject({ trial: trialNumber, state });

const foundTrial = z.strictObject({ trial: trialNumber, values: z.array(number), params });

/** GET /studies/NAME/best: the best trial; of several objectives all that none is better than in everything. */
export const bestAnswer = z.strictObject({ trials: z.array(foundTrial) });

/** GET /studies/NAME/trials: all of them, by number. */
export const trialsAnswer = z.strictObject({
  trials: z.array(z.strictObject({ trial: trialNumber, state, values: z.array(number).nullable(), params })),
});

/** Any answer that is not 200. */
export const errorAnswer = z.strictObject({ error: z.strictObject({ message: z.string() }) });

/** JSON Schema (2020-12) of all of them, published as docs/ask-tell.schema.json. */
export function askTellJsonSchema(): Record<string, unknown> {
  const messages = {
    ...{ createStudyRequest, createStudyAnswer, askRequest, askAnswer, reportRequest, reportAnswer },
    ...{ tellRequest, tellAnswer, heartbeatRequest, heartbeatAnswer, bestAnswer, trialsAnswer, errorAnswer },
  };
  const definitions = Object.entries(messages).map(([name, schema]) => {
    const { $schema, ...definition } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
    return [name, definition];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Goldilocks ask and tell',
    $defs: Object.fromEntries(definitions),
  };
}

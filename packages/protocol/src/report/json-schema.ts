// The report's schema as JSON Schema, published as docs/report.schema.json.
import { z } from 'zod';
import { reportSchema } from './report.js';

/** JSON Schema (2020-12) that every report.json fulfils. */
export function reportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(reportSchema, { target: 'draft-2020-12', io: 'input' });
  return {
    ...schema,
    title: 'Goldilocks report',
    description:
      'What a journey found: scores, hyperparameters with their evidence, trials, cost, and how to reproduce it.',
  };
}

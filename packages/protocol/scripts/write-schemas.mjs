// Writes docs/*.schema.json from the zod schemas. Run after `npm run build`; a test says when one is out of date.
import { writeFileSync } from 'node:fs';
import { askTellJsonSchema, reportJsonSchema, spaceJsonSchema } from '../dist/index.js';

const schemas = { report: reportJsonSchema(), space: spaceJsonSchema(), 'ask-tell': askTellJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}

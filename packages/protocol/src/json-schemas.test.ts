import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { askTellJsonSchema } from './ask-tell/messages.js';
import { reportJsonSchema } from './report/json-schema.js';
import { spaceJsonSchema } from './space/space-file.js';

test.each([
  ['report', reportJsonSchema()],
  ['space', spaceJsonSchema()],
  ['ask-tell', askTellJsonSchema()],
])('docs/%s.schema.json is the current schema', (name, schema) => {
  const published = JSON.parse(readFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), 'utf8'));
  // To renew it: npm run build && node packages/protocol/scripts/write-schemas.mjs && npm run format
  expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
});

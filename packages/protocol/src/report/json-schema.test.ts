import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportJsonSchema } from './json-schema.js';

test('docs/report.schema.json is the current schema', () => {
  const path = new URL('../../../../docs/report.schema.json', import.meta.url);
  const published = JSON.parse(readFileSync(path, 'utf8'));
  // To renew it: npm run build && node packages/protocol/scripts/write-report-schema.mjs && npm run format
  expect(published).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});

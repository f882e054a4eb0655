import { reportSchema } from '@goldilocks/protocol';
import { expect, test } from 'vitest';
import { exampleReport } from '../../test/example-report.js';

test('the example report fits the published schema', () => {
  const report = exampleReport();
  expect(reportSchema.parse(report)).toEqual(report);
});

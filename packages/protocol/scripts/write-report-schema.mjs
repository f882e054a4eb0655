// Writes docs/report.schema.json from the zod schema. Run after `npm run build`; a test says when it is out of date.
import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from '../dist/index.js';

const target = new URL('../../../docs/report.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);

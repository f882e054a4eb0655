// config.json with any value replaced by something missing, absurd or hostile: read or refused in words, for every family.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { readArchitecture } from './families.js';
import { Inventory } from './inventory.js';

const goldens = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const configs = ['models', 'llama'].flatMap((folder) =>
  readdirSync(`${goldens}/${folder}`, { withFileTypes: true, recursive: true })
    .filter(({ name }) => name === 'config.json')
    .map(({ parentPath }) => JSON.parse(readFileSync(`${parentPath}/config.json`, 'utf8')) as Record<string, unknown>),
);

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      undefined,
      null,
      true,
      '',
      'silu',
      '../../etc/passwd',
      '\u001b]52;c;eA==\u0007',
      [],
      {},
      [[[[[]]]]],
      { __proto__: null },
    ],
    ...[0, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e21],
    ...['x'.repeat(100_000), Array.from({ length: 10_000 }, (_, i) => i)],
  ),
  fc.jsonValue(),
  fc.integer(),
);

test('every family is among the configurations', () => {
  expect(new Set(configs.map(({ model_type }) => model_type)).size).toBeGreaterThan(8);
});

test('any value is read or refused in a short sentence', { timeout: 60_000 }, () => {
  const changed = fc.constantFrom(...configs).chain((config) =>
    fc.record({
      config: fc.constant(config),
      changes: fc.dictionary(fc.constantFrom(...Object.keys(config)), hostile, {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
  );
  fc.assert(
    fc.property(changed, ({ config, changes }) => {
      try {
        const architecture = readArchitecture({ ...config, ...changes });
        // What is read can be built, as far as its size is one for a test.
        if (architecture.config.layers <= 8) expect(new Inventory(architecture).shapes.size).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFormatError);
        expect((error as Error).message.length).toBeLessThan(1000);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  null,
  [],
  'x',
  3,
  {},
  { model_type: 'toString' },
  { model_type: '__proto__' },
  { architectures: ['constructor'] },
])('%j is no configuration', (value) => {
  expect(() => readArchitecture(value)).toThrow(ModelFormatError);
});

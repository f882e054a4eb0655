import { expect, test } from 'vitest';
import { stringifyWithFloats } from './json-with-floats.js';

const floats = new Set(['theta', 'eps']);

test('floats have a point or an exponent, integers all their digits', () => {
  const value = {
    theta: 10000,
    eps: 1e-5,
    tiny: 0,
    nested: { theta: 1e6, size: 30 },
    list: [1, 2],
    huge: 1e30,
    eos: { eps: 1e-30 },
  };
  const text = stringifyWithFloats(value, floats);
  expect(text).toContain('"theta": 10000.0,');
  expect(text).toContain('"theta": 1000000.0,');
  expect(text).toContain('"eps": 0.00001,');
  expect(text).toContain('"eps": 1e-30');
  expect(text).toContain('"size": 30\n');
  expect(text).toContain('"huge": 1000000000000000019884624838656');
  expect(JSON.parse(text)).toEqual(value);
});

test('is the JSON that JSON.stringify writes where nothing is a float', () => {
  const value = { a: [], b: {}, c: [{ d: null, e: [true, 'x\n"y'] }], __proto_: 1 };
  expect(stringifyWithFloats(value, floats)).toBe(JSON.stringify(value, null, 2));
});

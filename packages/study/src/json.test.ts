import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJson, freezeJson, type JsonValue, jsonEqual, parseJson } from './json.js';

describe('JSON as Python writes it', () => {
  test('reads the bare words, also nested, and leaves them alone in text', () => {
    expect(parseJson('{"a": [NaN, -Infinity], "Infinity": "NaN \\" -Infinity", "b": Infinity}')).toEqual({
      a: [Number.NaN, -Infinity],
      Infinity: 'NaN " -Infinity',
      b: Infinity,
    });
  });
  test('writes them as Python does', () => {
    expect(formatJson({ a: [Number.NaN, -Infinity, Infinity], b: 'NaN' })).toBe(
      '{"a":[NaN,-Infinity,Infinity],"b":"NaN"}',
    );
  });
  test('any value survives', () => {
    const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity));
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(double, fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree')),
        fc.dictionary(fc.string(), tie('tree')),
      ) as fc.Arbitrary<JsonValue>,
    }));
    fc.assert(fc.property(tree, (value) => jsonEqual(parseJson(formatJson(value)), value)));
  });
  test('what is not JSON is refused', () => {
    for (const text of ['', '{', 'nan', '[Infinity', '{"a": -NaN}']) expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(() => formatJson(undefined)).toThrow(/no JSON form/);
  });
});

test('frozen copies share nothing with their origin', () => {
  const origin = { list: [{ a: 1 }] };
  const copy = freezeJson(origin);
  origin.list[0]!.a = 2;
  expect(copy).toEqual({ list: [{ a: 1 }] });
  expect(() => (copy.list as unknown[]).push(1)).toThrow(TypeError);
});

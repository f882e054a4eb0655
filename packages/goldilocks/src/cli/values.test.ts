import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, count, innerShare, minutesOf, names, positive, share } from './values.js';

describe('minutesOf', () => {
  it.each([
    ['90s', 1.5],
    ['30m', 30],
    ['2h', 120],
    ['1h30m', 90],
    ['1.5h', 90],
    [' 1h 30m ', 90],
  ])('%s', (text, minutes) => expect(minutesOf(text)).toBeCloseTo(minutes, 12));

  it.each(['', '30', 'm', '0m', '-5m', '30 minutes', '1h30', '5d', '1e3s'])('refuses %j with an example', (text) => {
    expect(() => minutesOf(text)).toThrow(/such as/);
  });

  it('guesses what a bare number meant', () => expect(() => minutesOf('30')).toThrow('Did you mean 30m?'));

  it('adds up its parts', () => {
    const part = fc.nat({ max: 999 });
    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        fc.pre(h + m + s > 0);
        expect(minutesOf(`${h}h${m}m${s}s`)).toBeCloseTo(60 * h + m + s / 60, 9);
      }),
    );
  });
});

describe('numbers', () => {
  it('are read as JavaScript writes them', () => {
    fc.assert(fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => positive('1')(String(x)) === x));
  });

  it.each(['0', '-1', 'x', '', ' ', 'NaN', 'Infinity', '1,5'])('%j is not above 0', (text) => {
    expect(() => positive('2e-4')(text)).toThrow('It must be a number above 0, such as 2e-4.');
  });

  it('name the point where a comma was meant', () => expect(() => positive('1')('0,5')).toThrow(/with a point/));

  it('know their ends', () => {
    expect(share('0.1')('0')).toBe(0);
    expect(() => share('0.1')('1')).toThrow();
    expect(() => innerShare('0.1')('0')).toThrow();
    expect(count(1, '2')('1')).toBe(1);
    expect(() => count(1, '2')('0')).toThrow();
    expect(() => count(1, '2')('1.5')).toThrow();
    expect(() => count(0, '2')('1e300')).toThrow();
  });
});

it('choices ignore case and list what there is', () => {
  expect(choice(['macroF1', 'chrF'])('MACROF1')).toBe('macroF1');
  expect(() => choice(['macroF1', 'chrF'])('f1')).toThrow('one of macroF1, chrF');
});

it('names are parted by commas', () => {
  expect(names('topic, sentiment')).toEqual(['topic', 'sentiment']);
  expect(() => names('topic,,')).toThrow(/commas/);
});

import { describe, expect, it } from 'vitest';
import { isCardNumber, isIban, personalDataIn } from './personal-data.js';

// Card and account numbers are the published test numbers of card networks and of the IBAN registry.
describe('personalDataIn', () => {
  it.each<[string, string[]]>([
    ['write to jane.doe+x@mail.example.org, please', ['e-mail address']],
    ['card 4111 1111 1111 1111 expired', ['card number']],
    ['card 5555555555554444', ['card number']],
    ['to DE89 3704 0044 0532 0130 00 by Monday', ['IBAN']],
    ['to GB29NWBK60161331926819', ['IBAN']],
    ['call +49 30 1234567 or (020) 7946 0018', ['telephone number']],
    ['call 555-867-5309', ['telephone number']],
    ['a@b and 3@4 are no addresses; neither is @handle', []],
    ['card 4111 1111 1111 1112 has a wrong check digit', []],
    ['order 1234567890123, batch 0000000000000000', []],
    ['DE89 3704 0044 0532 0130 01 has wrong check digits', []],
    ['on 2024-03-05 at 12:30, version 1.2.3.4, 100.000.000 pieces', []],
    ['3.141592653589793238', []],
  ])('%s', (text, kinds) => {
    expect(personalDataIn(text)).toEqual(kinds);
  });

  it('stays quick on text made to be slow', () => {
    for (const text of [
      'a'.repeat(1e6),
      '1 '.repeat(5e5),
      `${'a.'.repeat(5e5)}@`,
      '+1-'.repeat(3e5),
      'AB12'.repeat(2e5),
      '@'.repeat(1e6),
    ]) {
      expect(personalDataIn(text)).toEqual([]);
    }
  });
});

describe('check digits', () => {
  it('accept the published numbers and no number with one digit changed', () => {
    for (const [number, holds] of [
      ['378282246310005', isCardNumber],
      ['6011111111111117', isCardNumber],
      ['FR1420041010050500013M02606', isIban],
    ] as const) {
      expect(holds(number)).toBe(true);
      const at = number.length - 3;
      expect(holds(`${number.slice(0, at)}${(Number(number[at]) + 1) % 10}${number.slice(at + 1)}`)).toBe(false);
    }
  });
});

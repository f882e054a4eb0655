// Personal data worth a warning: e-mail addresses, card numbers, bank accounts, telephone numbers.
import { type Finding, problem, rowsOf } from '../problems.js';
import type { InspectedRow, Problem } from '../types.js';

export type PersonalDataKind = 'e-mail address' | 'card number' | 'IBAN' | 'telephone number';

const maxCharacters = 50_000;

// Bounded repetition throughout: the time is linear in the text, whatever it holds.
const email = /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}[a-z]{2,24}(?![\w-])/i;
const card = /(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-]|[.,]\d)/g;
const iban = /(?<![A-Z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?(?![A-Z\d])/g;
const telephone =
  /(?<![\d.\w])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}|\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\d-]|\.\d)/g;

/** Which kinds a text holds. */
export function personalDataIn(text: string): PersonalDataKind[] {
  const part = text.slice(0, maxCharacters);
  const kinds: PersonalDataKind[] = [];
  if (part.includes('@') && email.test(part)) kinds.push('e-mail address');
  if (!/\d/.test(part)) return kinds;
  if ((part.match(card) ?? []).some(isCardNumber)) kinds.push('card number');
  if ((part.match(iban) ?? []).some(isIban)) kinds.push('IBAN');
  if ((part.match(telephone) ?? []).some((match) => digitsOf(match).length >= 9)) kinds.push('telephone number');
  return kinds;
}

export function findPersonalData(rows: readonly InspectedRow[]): Problem[] {
  const counts = new Map<PersonalDataKind, number>();
  const found = rows.filter(({ text, target }) => {
    const kinds = new Set([...personalDataIn(text), ...personalDataIn(target)]);
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return kinds.size > 0;
  });
  if (found.length === 0) return [];
  const list = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} in ${rowsOf(count)}`);
  const finding: Finding = {
    kind: 'personal-data',
    severity: 'warning',
    message: `${rowsOf(found.length)} ${found.length === 1 ? 'holds' : 'hold'} what looks like personal data: ${list.join(', ')}.`,
    advice:
      'A model can repeat what it was trained on. Replace it by placeholders before training, unless you may use it.',
  };
  return [problem(finding, found)];
}

/** Luhn's check digit (ISO/IEC 7812) and a first digit that card networks use. */
export function isCardNumber(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let position = 0; position < digits.length; position += 1) {
    const digit = Number(digits[digits.length - 1 - position]);
    const doubled = position % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Check digits of an international bank account number (ISO 13616): the remainder by 97 is 1. */
export function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  if (compact.length < 15 || compact.length > 34) return false;
  const moved = compact.slice(4) + compact.slice(0, 4);
  let remainder = 0;
  for (const character of moved) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

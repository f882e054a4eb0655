import { describe, expect, test } from 'vitest';
import { style } from './style.js';

/** The CSS variables of the light and of the dark theme. */
function themes(): Record<'light' | 'dark', Map<string, string>> {
  const [light, dark] = [...style.matchAll(/:root \{([\s\S]*?)\}/g)].map(
    ([, body]) => new Map([...body!.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!])),
  );
  return { light: light!, dark: dark! };
}

/** Relative luminance of sRGB (WCAG 2.2). */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(first: string, second: string): number {
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const texts = [
  ['ink', 'bg'],
  ['ink', 'card'],
  ['ink', 'wash'],
  ['ink', 'grey-wash'],
  ['ink', 'code'],
  ['muted', 'bg'],
  ['muted', 'card'],
  ['accent', 'bg'],
  ['accent', 'card'],
  ['accent', 'wash'],
  ['good', 'card'],
  ['good', 'good-wash'],
  ['bad', 'card'],
  ['recommended', 'blue-wash'],
];
const marks = ['base', 'recommended', 'found', 'bad', 'good'];

test('contrast agrees with known values', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
});

describe.each(['light', 'dark'] as const)('in the %s theme', (name) => {
  const colors = themes()[name];

  test.each(texts)('%s on %s can be read', (text, ground) => {
    expect(contrast(colors.get(text!)!, colors.get(ground!)!)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(marks)('marks in %s stand out from their card', (mark) => {
    expect(contrast(colors.get(mark)!, colors.get('card')!)).toBeGreaterThanOrEqual(3);
  });
});

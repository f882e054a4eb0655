// Trials chosen in an address: `3,17,20`.

export function numbersOf(chosen: string): number[] {
  const numbers = chosen.split(',').filter((part) => /^\d+$/.test(part));
  return [...new Set(numbers.map(Number))];
}

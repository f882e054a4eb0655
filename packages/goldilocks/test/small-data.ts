// A small label task as text, for tests.

const openings = ['today', 'again', 'for me', 'this week', 'in the end', 'so far', 'as always', 'at first'];
const things: [text: string, label: string][] = [
  ['the parcel came late', 'delivery'],
  ['the driver was early', 'delivery'],
  ['the price went up', 'price'],
  ['it costs too much', 'price'],
  ['the app crashed', 'app'],
  ['the screen froze', 'app'],
];

export interface SmallRow {
  text: string;
  label: string;
}

/** Rows that all differ, with three labels. */
export function smallRows(count = 48): SmallRow[] {
  return Array.from({ length: count }, (_, i) => {
    const [text, label] = things[i % things.length]!;
    const opening = openings[Math.floor(i / things.length) % openings.length]!;
    const round = Math.floor(i / (things.length * openings.length));
    return { text: `${opening} ${text}${round === 0 ? '' : ` ${round} times`}`, label };
  });
}

export const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

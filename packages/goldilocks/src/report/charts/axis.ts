// Axis limits and ticks that suit hyperparameters and losses.

/** Limits that show the good trials: a few bad ones must not squash them, and are drawn at the edge instead. */
export function goodRange(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return [0, 1];
  const least = sorted[0]!;
  const median = sorted[Math.floor(sorted.length / 2)]!;
  const most = Math.min(sorted.at(-1)!, median + 2.5 * Math.max(median - least, 0.02 * Math.abs(median)));
  const margin = Math.max(0.08 * (most - least), 0.05 * Math.abs(median), 1e-6);
  const step = 10 ** Math.floor(Math.log10(most - least + 2 * margin)) / 5;
  const round = (value: number) => Number((Math.round(value / step) * step).toPrecision(6));
  return [round(least - margin - step / 2), round(most + margin + step / 2)];
}

/** 1, 2 and 5 times powers of ten within the limits; powers alone where they span more than three decades. */
export function logTicks(least: number, most: number): number[] {
  const factors = most / least > 1000 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return powers
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((tick) => tick >= least && tick <= most);
}

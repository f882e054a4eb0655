// Rounds numbers for people, and writes them.

/** `value` with so many significant digits. */
export function significant(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

interface Positions {
  position(value: number): number;
  value(position: number): number;
}

/**
 * The value at `edge`, rounded to as few digits as keep it on the near side of `beyond`, the position of the nearest
 * trial past it (infinite where there is none).
 */
export function roundInside(scale: Positions, edge: number, beyond: number): number {
  const value = scale.value(edge);
  for (const digits of [2, 3, 4]) {
    const rounded = significant(value, digits);
    const at = scale.position(rounded);
    if (Math.abs(at - edge) > 0.02) continue;
    if (Math.abs(beyond) === Infinity || Math.sign(at - beyond) === Math.sign(edge - beyond)) return rounded;
  }
  return value;
}

/** A number as people write hyperparameters: 0.0003 as 3e-4, 0.05, 16, 1.5. */
export function plain(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 0.01 && size < 1e5) return String(significant(value, 3));
  const [mantissa, exponent] = value.toExponential(2).split('e') as [string, string];
  return `${Number(mantissa)}e${Number(exponent)}`;
}

/** A loss or a difference of losses: three digits behind the point, more where that would be nothing. */
export function loss(value: number): string {
  return Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(3) : value.toPrecision(2);
}

/** 0.873 as 87.3 %. */
export function percent(value: number, digits = 1): string {
  return `${(100 * value).toFixed(digits)} %`;
}

/** 4,200,000 as 4.2 M. */
export function amount(value: number): string {
  if (value >= 1e9) return `${significant(value / 1e9, 3)} B`;
  if (value >= 1e6) return `${significant(value / 1e6, 3)} M`;
  return value >= 1e4 ? `${significant(value / 1e3, 3)} k` : Math.round(value).toLocaleString('en');
}

/** Bytes as 512 MB, 1.4 GB. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  return value >= 1e6 ? `${Math.round(value / 1e6)} MB` : `${Math.round(value / 1e3)} kB`;
}

/** Seconds as 8 s, 2 min 5 s, 1 h 12 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1) return seconds === 0 ? '0 s' : `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1`, `1 and 4`, `1, 4 and 9`; long lists are cut to the first few with how many more there are. */
export function list(items: readonly (string | number)[], most = 6): string {
  if (items.length > most) return `${items.slice(0, most - 1).join(', ')} and ${items.length - most + 1} more`;
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `trial 4`, `trials 4 and 9`. */
export function trialList(trials: readonly number[]): string {
  return `${trials.length === 1 ? 'trial' : 'trials'} ${list(trials)}`;
}

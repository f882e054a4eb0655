// How numbers, times and sizes read.
import type { ParamValue } from '@goldilocks/protocol/page';

const locale = 'en';
const whole = new Intl.NumberFormat(locale);

/** `1,234`. */
export const count = (value: number) => whole.format(value);

/** Three significant digits; powers of ten where the number is small or large: `0.0123`, `3.2e-5`. */
export function plain(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6)
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(digits)));
}

/** A measured objective: enough digits to tell near runs apart. */
export function measured(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  return size !== 0 && (size < 0.01 || size >= 1e4) ? plain(value, 4) : value.toFixed(4);
}

export function param(value: ParamValue | undefined): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'number') return plain(value);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : readable(value);
}

/** `warmup-stable-decay` as `warmup stable decay`; control and direction marks are left out. */
export const readable = (value: string) => value.replace(/[\p{Cc}\p{Cf}]/gu, ' ');

/** `Frozen layers` for `frozenLayers`. */
export function settingName(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`;

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '—';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10) return total % 60 === 0 ? `${minutes} min` : `${minutes} min ${total % 60} s`;
  if (minutes < 60) return `${Math.round(total / 60)} min`;
  const rest = Math.round(total / 60) % 60;
  const hours = Math.floor(Math.round(total / 60) / 60);
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return '—';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let rest = size;
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  return `${at === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[at]}`;
}

/** `3.2 M` parameters. */
export function big(value: number): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });

/** `14:05` today, else `26 Nov 2026, 14:05`. */
export function moment(at: string | number | null | undefined): string {
  const date = new Date(at ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '—';
  return date.toDateString() === new Date().toDateString()
    ? clock.format(date)
    : `${day.format(date)}, ${clock.format(date)}`;
}

const languageNames = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });

/** `English` for `en`; what is no code stays as it is. */
export function languageName(code: string): string {
  return /^[a-z]{2,3}$/.test(code) ? (languageNames.of(code) ?? code) : code;
}

/** Numbers of papers are said to be such. */
export const cited = (source: string) => source.replace(/(?<![\w:.]|arXiv )(\d{4}\.\d{5})\b/g, 'arXiv $1');

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(locale).format(items);
}

// Which rows train, which validate, which test: by content, so that the answer is the same tomorrow and after more rows.
import { uniformOf } from './text/normalise.js';
import { type InspectedRow, type SplitName, splitNames } from './types.js';

export interface SplitOptions {
  /** Shares of the rows, in (0, 1). Default 0.15 each. */
  validationShare?: number;
  testShare?: number;
}

export type Splits = Record<SplitName, number[]>;

/** A row as the split sees it. */
export interface SplitRow {
  /** Normalised input; decides the side. */
  content: string;
  label?: string;
  given?: SplitName;
}

/** Rows that must stay together, with the number in [0, 1) that decides their side. */
interface Unit {
  members: readonly number[];
  position: number;
}

const defaultShare = 0.15;

/** Small data still validate and test on this many units, up to a fifth of all. */
const minimumUnits = 10;

/** How far a label's share of a split may be from the wanted one before units are moved. */
const tolerance = 0.2;

/**
 * A unit (duplicates are one) goes to test when the hash of its content falls below the test share, to validation when
 * below the next share. Per label the numbers are kept within 20 % of what the shares ask; only there, at the boundary,
 * can another row's coming move a unit. Given splits stand; those missing are taken from the training rows.
 */
export function splitRows(
  rows: readonly SplitRow[],
  groups: readonly (readonly number[])[],
  options: SplitOptions = {},
): Splits {
  const splits: Splits = { train: [], validation: [], test: [] };
  const open = groups.map((group) => group.filter((index) => (rows[index]!.given ?? 'train') === 'train'));
  const units = open.filter((members) => members.length > 0).map((members) => unitOf(members, rows));
  for (const [index, { given }] of rows.entries()) if (given && given !== 'train') splits[given].push(index);
  const wanted = shares(units.length, options, splits);
  for (const unitsOfLabel of byLabel(units, rows).values()) distribute(unitsOfLabel, wanted, rows.length, splits);
  fillEmpty(splits, units, wanted);
  for (const name of splitNames) splits[name].sort((a, b) => a - b);
  return splits;
}

function unitOf(members: readonly number[], rows: readonly SplitRow[]): Unit {
  return { members, position: Math.min(...members.slice(0, 1000).map((index) => uniformOf(rows[index]!.content))) };
}

/** Splits that came with the data are not taken a second time. */
function shares(units: number, options: SplitOptions, given: Splits): Record<'validation' | 'test', number> {
  const smallest = units === 0 ? 0 : Math.min(minimumUnits, Math.floor(units / 5)) / units;
  const share = (name: 'validation' | 'test', wanted: number | undefined): number =>
    given[name].length > 0 ? 0 : Math.max(wanted ?? defaultShare, wanted === undefined ? smallest : 0);
  return { validation: share('validation', options.validationShare), test: share('test', options.testShare) };
}

/** By the unit's most frequent label; the first in order where they tie. */
function byLabel(units: readonly Unit[], rows: readonly SplitRow[]): Map<string, Unit[]> {
  const labels = new Map<string, Unit[]>();
  for (const unit of units) {
    const label = commonest(unit.members.map((index) => rows[index]!.label ?? ''));
    const list = labels.get(label);
    if (list) list.push(unit);
    else labels.set(label, [unit]);
  }
  return labels;
}

function commonest(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))[0]?.[0] ?? '';
}

function distribute(
  units: readonly Unit[],
  wanted: Record<'validation' | 'test', number>,
  rowCount: number,
  splits: Splits,
): void {
  // A large family of near duplicates would be most of a small split; it is only good for training.
  const largest = Math.max(3, 0.3 * Math.max(wanted.validation, wanted.test) * rowCount);
  const sorted = [...units].sort((a, b) => a.position - b.position || a.members[0]! - b.members[0]!);
  const eligible = sorted.filter((unit) => unit.members.length <= largest);
  const test = boundary(eligible, wanted.test);
  const validation = Math.max(0, boundary(eligible, wanted.test + wanted.validation) - test);
  // Every label keeps something to learn from.
  const spare = eligible.length - (eligible.length === sorted.length ? 1 : 0);
  const testEnd = Math.min(test, Math.max(0, spare));
  const validationEnd = Math.min(testEnd + validation, Math.max(testEnd, spare));
  for (const [rank, unit] of eligible.entries()) {
    const name = rank < testEnd ? 'test' : rank < validationEnd ? 'validation' : 'train';
    splits[name].push(...unit.members);
  }
  for (const unit of sorted) if (unit.members.length > largest) splits.train.push(...unit.members);
}

/** How many units lie below the share, kept near share × number. */
function boundary(sorted: readonly Unit[], share: number): number {
  const expected = share * sorted.length;
  const found = sorted.filter((unit) => unit.position < share).length;
  const least = Math.round(expected * (1 - tolerance));
  const most = Math.round(expected * (1 + tolerance));
  return Math.min(Math.max(found, least), most);
}

/** With few rows a label at a time may leave a split empty; the unit nearest to it is moved there. */
function fillEmpty(splits: Splits, units: readonly Unit[], wanted: Record<'validation' | 'test', number>): void {
  for (const name of ['test', 'validation'] as const) {
    if (splits[name].length > 0 || wanted[name] === 0) continue;
    const train = new Set(splits.train);
    const candidates = units.filter((unit) => unit.members.every((index) => train.has(index)));
    const nearest = candidates.sort((a, b) => a.members.length - b.members.length || a.position - b.position)[0];
    if (nearest === undefined || candidates.length < 2) continue;
    const moved = new Set(nearest.members);
    splits.train = splits.train.filter((index) => !moved.has(index));
    splits[name].push(...nearest.members);
  }
}

/** Rows as the split sees them. */
export function splitRowsOf(
  rows: readonly InspectedRow[],
  contents: readonly string[],
  ignoreGiven: boolean,
): SplitRow[] {
  return rows.map((row, index) => ({
    content: contents[index]!,
    ...(row.label !== undefined && { label: row.label }),
    ...(row.givenSplit && !ignoreGiven && { given: row.givenSplit }),
  }));
}

/** How the splits came about, a sentence. */
export function describeSplits(rows: readonly InspectedRow[], splits: Splits, ignoreGiven: boolean): string {
  const given = new Set(ignoreGiven ? [] : rows.map((row) => row.givenSplit).filter((name) => name !== undefined));
  const sizes = `${splits.train.length} rows to train, ${splits.validation.length} to validate, ${splits.test.length} to test`;
  const missing = splitNames.filter((name) => name !== 'train' && !given.has(name));
  if (given.size === 0) return `${sizes}, split by content so that the same row is always on the same side.`;
  if (missing.length === 0) return `${sizes}, as given.`;
  return `${sizes}; as given, with the ${missing.join(' and ')} rows taken from the training rows.`;
}

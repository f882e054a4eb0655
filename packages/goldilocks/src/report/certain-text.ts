// What is certain of a zone, in a sentence.
import type { CertainZone, ParamValue } from '@goldilocks/protocol';
import { list, plain, trialList } from './numbers.js';

const certainly = 'With 90 % certainty';
const nothing = `${certainly} nothing can be told yet.`;

/** `value` is the chosen one. */
export function certainText(certain: CertainZone | null, value: ParamValue): string {
  if (certain === null) return nothing;
  return 'open' in certain ? choicesText(certain, value) : rangeText(certain, value as number);
}

/** The same where there is something, else nothing: for where the verdict says already that it can't be told. */
export function whatIsCertain(certain: CertainZone | null, value: ParamValue): string {
  const text = certainText(certain, value);
  return text === nothing ? '' : text;
}

type Choices = Extract<CertainZone, { open: unknown }>;
type Range = Exclude<CertainZone, Choices>;

function choicesText({ inside, worse, open }: Choices, value: ParamValue): string {
  const others = inside.filter((choice) => choice !== value);
  const said = [
    ...(others.length > 0 ? [`${names(others)} ${be(others)} as good as ${name(value)}`] : []),
    ...(worse.length > 0
      ? [`${names(worse)} ${be(worse)} worse${others.length > 0 ? '' : ` than ${name(value)}`}`]
      : []),
  ];
  const rest = open.length > 0 ? `; of ${names(open)} it can’t be told yet` : '';
  return said.length === 0 ? nothing : `${certainly} ${list(said)}${rest}.`;
}

function rangeText({ inside, tooLittle, tooMuch }: Range, value: number): string {
  const sides = [
    ...(tooLittle ? [`below ${plain(tooLittle.below)} too little${trials(tooLittle.trials)}`] : []),
    ...(tooMuch ? [`above ${plain(tooMuch.above)} too much${trials(tooMuch.trials)}`] : []),
  ];
  const good = inside ? [`${plain(inside.low)} to ${plain(inside.high)} is just right`] : [];
  if (inside && sides.length === 0) return `${certainly} ${good}; beyond, it can’t be told yet.`;
  const said = list([
    ...good,
    ...sides.map((side, i) => (good.length === 0 && i === 0 ? side.replace(/ too/, ' is too') : side)),
  ]);
  const rest = inside ? 'between, it can’t be told yet' : `what else is as good as ${plain(value)} can’t be told yet`;
  return said === '' ? nothing : `${certainly} ${said}; ${rest}.`;
}

function trials(numbers: readonly number[]): string {
  return numbers.length === 0 ? '' : ` (${trialList(numbers)})`;
}

const name = (value: ParamValue) => (typeof value === 'number' ? plain(value) : String(value));
const names = (values: readonly ParamValue[]) => list(values.map(name));
const be = (values: readonly unknown[]) => (values.length === 1 ? 'is' : 'are');

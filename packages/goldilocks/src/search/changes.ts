// What differs between two sets of parameters.
import type { Change, ParamValue } from '@goldilocks/protocol';

/** The parameters of `to` whose values are not those of `from`, in the order of `to`. */
export function changesFrom(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, ParamValue>>,
): Change[] {
  return Object.entries(to)
    .filter(([name, value]) => from[name] !== value)
    .map(([name, value]) => ({ name, from: (from[name] ?? null) as ParamValue, to: value }));
}

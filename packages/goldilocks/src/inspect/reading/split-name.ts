// Which split the name of a file or the value of a column stands for.
import type { SplitName } from '../types.js';

const splitOfName: [RegExp, SplitName][] = [
  [/^(train|training)(?![a-z])/i, 'train'],
  [/^(validation|valid|val|dev|eval)(?![a-z])/i, 'validation'],
  [/^(test|testing)(?![a-z])/i, 'test'],
];

/** Undefined where it stands for none. */
export const splitFromName = (name: string): SplitName | undefined =>
  splitOfName.find(([pattern]) => pattern.test(name.trim()))?.[1];

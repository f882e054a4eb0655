// Refuses options that make no sense, before any file is opened.
import { UserError } from '../errors.js';
import type { InspectOptions } from './types.js';

export function checkOptions(options: InspectOptions): void {
  const { validationShare = 0.15, testShare = 0.15, maxLength, labelColumn, labelColumns } = options;
  checkShare(validationShare, 'validation');
  checkShare(testShare, 'test');
  if (validationShare + testShare > 0.8) {
    const given = `${validationShare} + ${testShare}`;
    throw new UserError(
      `The validation and test shares, ${given}, leave less than a fifth of the rows for training. Lower them.`,
    );
  }
  if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength >= 2)) {
    throw new UserError(`The maximal length is ${maxLength}; it must be a whole number of tokens, at least 2.`);
  }
  if (labelColumn !== undefined && labelColumns !== undefined) {
    throw new UserError('Give either one label column or a list of label columns, not both.');
  }
  if (labelColumns?.length === 0) throw new UserError('The list of label columns is empty. Name at least one.');
}

function checkShare(share: number, name: string): void {
  if (share > 0 && share < 1) return;
  throw new UserError(`The ${name} share is ${share}; it must be between 0 and 1, for instance 0.15.`);
}

/** The functions of this benchmark. */

import { classics } from './classics.mjs';
import { fineTunings } from './fine-tuning.mjs';
import { measured } from './measured.mjs';

/**
 * Each has a `name`, a `group`, a `space` (or `suggest`, which asks a trial for its parameters one by one), a `default`
 * setting, the `truth` of a setting, and where values are noisy `noise`, to be added.
 */
export const problems = [...classics, ...fineTunings, ...measured];

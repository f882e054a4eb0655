/** The kernels of one dimension, by what its parameter is. */

import type { CellKernels } from './cell-kernels.js';
import type { ChoiceKernels } from './choice-kernels.js';
import type { NormalKernels } from './normal-kernels.js';

export type Kernels = NormalKernels | CellKernels | ChoiceKernels;

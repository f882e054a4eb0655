/** The seven mixed parameters that fine-tuning has, and a loss over them. */

import { categorical, float, int } from '@goldilocks/study';

export const space = {
  learning_rate: float(1e-5, 1e-2, { log: true }),
  weight_decay: float(0, 0.3),
  dropout: float(0, 0.5, { step: 0.05 }),
  batch_size: categorical([4, 8, 16, 32]),
  epochs: int(1, 5),
  schedule: categorical(['constant', 'linear', 'cosine', 'polynomial']),
  frozen_layers: int(0, 24),
};

export const loss = (p) =>
  (Math.log10(p.learning_rate) + 3.3) ** 2 +
  4 * (p.weight_decay - 0.1) ** 2 +
  3 * (p.dropout - 0.1) ** 2 +
  0.05 * (p.epochs - 3) ** 2;

// The update rule that a run's settings ask for.

import type { OptimizerSettings, TrainingSettings } from '../settings.js';
import { Adafactor } from './adafactor.js';
import { AdamW } from './adamw.js';
import { AdamW8bit } from './adamw-8bit.js';
import { Lion } from './lion.js';
import { Muon, muonDefaults } from './muon.js';
import { Sgd, sgdDefaults } from './sgd.js';
import type { UpdateRule } from './update-rule.js';

export function updateRuleOf({ optimizer, adam }: Pick<TrainingSettings, 'optimizer' | 'adam'>): UpdateRule {
  const { name, ...given } = optimizer ?? defaultOptimizer;
  switch (name) {
    case 'adamw':
      return new AdamW(adam);
    case 'adamw-8bit':
      return new AdamW8bit(adam);
    case 'sgd':
      return new Sgd({ ...sgdDefaults, ...given });
    case 'lion':
      return new Lion();
    case 'adafactor':
      return new Adafactor();
    case 'muon':
      return new Muon({ ...muonDefaults, ...given, adam });
  }
}

const defaultOptimizer: OptimizerSettings = { name: 'adamw' };

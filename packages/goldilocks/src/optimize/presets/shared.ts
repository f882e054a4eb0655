// Rows that the tools' spaces have in common; each tool adds its flag, and what it recommends otherwise.
import type { SpaceFile } from '@goldilocks/protocol';
import { sources } from './preset.js';

export const shared = {
  loraRate: { type: 'float', low: 3e-5, high: 2e-3, log: true, confidence: 0.5 },
  epochs: { type: 'int', low: 1, high: 6, recommended: 3, confidence: 0.4, source: sources.epochs },
  accumulation: { type: 'int', low: 1, high: 16, log: true, confidence: 0.3, source: sources.batch },
  loraRank: { type: 'int', low: 4, high: 128, log: true, recommended: 16, confidence: 0.3, source: sources.rank },
  loraDropout: {
    type: 'categorical',
    choices: [0, 0.05, 0.1, 0.2],
    recommended: 0,
    confidence: 0.3,
    source: sources.dropout,
  },
  decay: { type: 'float', low: 0, high: 0.1, recommended: 0, confidence: 0.3, source: sources.decay },
  schedule: {
    type: 'categorical',
    choices: ['cosine', 'linear', 'constant'],
    recommended: 'cosine',
    confidence: 0.3,
    source: sources.schedule,
  },
} as const satisfies Record<string, SpaceFile['parameters'][string]>;

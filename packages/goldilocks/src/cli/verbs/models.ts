// `goldilocks models`: the cheat sheet of base models.
import { verb } from '../verb.js';

export const models = verb({
  name: 'models',
  summary: 'base models with recommended settings and their sources',
  examples: [['goldilocks models', 'shows what to start from, by model, and where each value comes from']],
  define: () => undefined,
  async run() {
    const { cheatSheetLines } = await import('../../plan/describe.js');
    const { listModels } = await import('../../plan/recommend.js');
    const { shippedModels } = await import('../../base-models/locate.js');
    const rows = listModels();
    const shipped = shippedModels();
    const has = shipped.length === 0 ? 'none' : shipped.join(', ');
    return {
      json: { models: rows, shipped },
      text: [...cheatSheetLines(rows), '', `Shipped with Goldilocks: ${has}. Any other: --model FOLDER.`].join('\n'),
    };
  },
});

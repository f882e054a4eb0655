// A search over the flags of a training script, from a program. The same on the command line: see examples/optimize/train.mjs.
//
//   node examples/programs/optimize.mjs

import { readFileSync } from 'node:fs';
import { optimizeCommand } from 'goldilocks';

const space = JSON.parse(readFileSync(new URL('../optimize/space.json', import.meta.url), 'utf8'));
const { pathname: script } = new URL('../optimize/train.mjs', import.meta.url);

const { best, reference, importance } = await optimizeCommand({
  command: [process.execPath, script]
    .concat('--learning-rate', '{learning_rate}', '--weight-decay', '{weight_decay}')
    .concat('--optimizer', '{optimizer}', '--momentum', '{momentum}'),
  space,
  trials: 15,
  concurrency: 2,
  onEvent: (event) => {
    if (event.type === 'trial-finished') console.log(`trial ${event.trial}: ${event.values[0].toFixed(4)}`);
  },
});

console.log('Best:', best.values[0].toFixed(4), best.params, 'recommended:', reference?.values[0].toFixed(4));
console.log('What mattered:', importance);

// A stand-in for a training script in any language: flags in, a JSON line of metrics out at each epoch.
//
//   goldilocks optimize --space examples/optimize/space.json --trials 20 -- \
//     node examples/optimize/train.mjs --learning-rate {learning_rate} --weight-decay {weight_decay} --optimizer {optimizer} --momentum {momentum}
//
// It fits a line to noisy points by gradient descent, so rates too small do not arrive and rates too large diverge.

import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { 'learning-rate': text, 'weight-decay': text, optimizer: text, momentum: text, epochs: text },
});
const rate = Number(values['learning-rate']);
const decay = Number(values['weight-decay'] ?? 0);
const momentum = values.optimizer === 'momentum' ? Number(values.momentum) : 0;
const epochs = Number(values.epochs ?? 12);

let state = 7;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const points = Array.from({ length: 60 }, () => {
  const x = 2 * random() - 1;
  return { x, y: 3 * x - 1 + 0.3 * (random() - 0.5) };
});
const [train, validation] = [points.slice(0, 40), points.slice(40)];
const lossOn = (set, { slope, offset }) =>
  set.reduce((sum, { x, y }) => sum + (slope * x + offset - y) ** 2, 0) / set.length;

const weights = { slope: 0, offset: 0 };
const velocity = { slope: 0, offset: 0 };
for (let epoch = 1; epoch <= epochs; epoch++) {
  for (const { x, y } of train) {
    const error = weights.slope * x + weights.offset - y;
    for (const [name, gradient] of [
      ['slope', error * x],
      ['offset', error],
    ]) {
      velocity[name] = momentum * velocity[name] + gradient + decay * weights[name];
      weights[name] -= rate * velocity[name];
    }
  }
  console.log(JSON.stringify({ epoch, train_loss: lossOn(train, weights), eval_loss: lossOn(validation, weights) }));
  await new Promise((resolve) => setTimeout(resolve, 30));
}

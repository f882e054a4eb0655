// Fine-tunes the shipped model on the shipped example and searches its hyperparameters, in ten lines.
//
//   node examples/programs/fine-tune.mjs

import { fineTune } from 'goldilocks';

const { report, output } = await fineTune({
  data: 'examples/feedback/feedback.jsonl',
  skipBadRows: true,
  out: 'goldilocks-result-program',
  budget: { minutes: 4 },
  onEvent: (event) => event.type === 'stage-finished' && console.log(`${event.stage}: ${event.summary}`),
});
const { base, found } = report.scores;
console.log(
  `Accuracy ${base.metric?.value.toFixed(2)} before, ${found.metric?.value.toFixed(2)} after. See ${output}/report.html.`,
);

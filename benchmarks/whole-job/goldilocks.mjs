// Our side: the journey as `goldilocks run` makes it; a line of JSON for each measurement on the validation rows.
import { fineTune } from 'goldilocks';

const [data, model, folder, minutes, seed] = process.argv.slice(2);
const started = performance.now();
let kept;
const note = (fields) => console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, ...fields }));
const { report } = await fineTune({
  data,
  model,
  template: 'plain',
  out: `${folder}/result`,
  stateDirectory: `${folder}/state`,
  seed: Number(seed),
  budget: { minutes: Number(minutes) },
  onEvent(event) {
    if (event.type === 'stage-started') note({ stage: event.stage });
    if (event.type === 'trial-started') note({ trial: event.trial, purpose: event.purpose, params: event.params });
    if (event.type === 'trial-evaluation') note({ trial: event.trial, share: event.share, loss: event.loss });
    if (event.type === 'stage-finished') kept = event.summary;
  },
});
note({ summary: kept, settings: report.settings });

// A search on any function, without models: the study package alone.
//
//   node examples/programs/study.mjs
//
// Chooses how to fly a paper aeroplane: angle, throw and fold. The best is 27°, 6.5 m/s and the glider.

import { createStudy, TpeSampler } from '@goldilocks/study';

const drag = { dart: 1.6, glider: 1, stunt: 2.2 };

function distance(angle, speed, fold) {
  const tooSteep = ((angle - 27) / 20) ** 2;
  const tooHard = Math.log(speed / 6.5) ** 2;
  return 30 / drag[fold] / (1 + tooSteep + tooHard);
}

const study = await createStudy({ directions: ['maximize'], sampler: new TpeSampler({ seed: 1 }) });
await study.optimize(
  async (trial) => {
    const angle = await trial.suggestFloat('angle', 0, 80);
    const speed = await trial.suggestFloat('speed', 1, 30, { log: true });
    const fold = await trial.suggestCategorical('fold', Object.keys(drag));
    return distance(angle, speed, fold);
  },
  { trials: 60 },
);

const best = await study.bestTrial();
console.log(`Trial ${best.number} flew ${best.values[0].toFixed(1)} m with`, best.params);

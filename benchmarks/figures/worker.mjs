/** Prints the milliseconds that each figure of a study of so many trials takes: node worker.mjs TRIALS. */

import * as figures from '@goldilocks/study';
import { createStudy, RandomGenerator, RandomSampler } from '@goldilocks/study';
import { space } from '../seven-parameters.mjs';

const count = Number(process.argv[2]);
const random = RandomGenerator.of(1, 'figures');

async function studyOf(objectives) {
  const directions = Array.from({ length: objectives }, () => 'minimize');
  const sampler = new RandomSampler({ seed: 1 });
  const study = await createStudy({ directions, sampler });
  for (let i = 0; i < count; i++) {
    const trial = await study.ask(space);
    for (let step = 0; step < 10; step++) await trial.report(random.uniform(), step);
    await study.tell(
      trial,
      directions.map(() => random.uniform()),
    );
  }
  return study.snapshot();
}

const [one, two] = [await studyOf(1), await studyOf(2)];
const milliseconds = {};
function time(name, make) {
  const start = performance.now();
  make();
  milliseconds[name] = performance.now() - start;
}
time('history', () => figures.optimizationHistoryFigure(one));
time('intermediate', () => figures.intermediateValuesFigure(one));
time('slice', () => figures.sliceFigure(one));
time('contour', () => figures.contourFigure(one));
time('rank', () => figures.rankFigure(one));
time('parallel', () => figures.parallelCoordinatesFigure(one));
time('importances', () => figures.paramImportancesFigure(one));
time('edf', () => figures.edfFigure(one));
time('timeline', () => figures.timelineFigure(one));
time('pareto', () => figures.paretoFrontFigure(two));
time('hypervolume', () => figures.hypervolumeHistoryFigure(two, { reference: [1, 1] }));
console.log(JSON.stringify({ milliseconds }));

// `goldilocks worker`: runs trials of a shared study.

import { type EngineName, engineNames } from '../../cluster/cluster-options.js';
import { UserError } from '../../errors.js';
import { choice, count } from '../values.js';
import { verb } from '../verb.js';

interface Flags {
  storage?: string;
  study: string;
  trials?: number;
  data?: string;
  model?: string;
  engine?: EngineName;
  state?: string;
}

export const worker = verb<Flags>({
  name: 'worker',
  summary: 'runs trials of a shared study until there is nothing left to do; any number on any machines',
  examples: [
    ['goldilocks worker --storage postgresql://db.example/studies --study feedback-1', 'on every machine that helps'],
    [
      'GOLDILOCKS_STORAGE=postgresql://… goldilocks worker --study feedback-1 --data /mnt/feedback.jsonl',
      'the URL stays out of the process list',
    ],
  ],
  define(command) {
    command
      .option('--storage <url>', 'the database that all workers share (default: $GOLDILOCKS_STORAGE)')
      .requiredOption('--study <name>', 'the study, as `goldilocks run --on workers` names it')
      .option('--trials <count>', 'trials to take at most (default: until nothing is left)', count(1, '4'))
      .option('--data <path>', 'where the data are on this machine (default: as on the one that began)')
      .option('--model <folder>', 'where the model is on this machine')
      .option('--engine <engine>', 'onnx or pytorch (default: as the study says)', choice(engineNames))
      .option('--state <folder>', 'where runs are kept (default: .goldilocks beside the data)');
  },
  async run(_, flags, { signal, onEvent }) {
    const { work } = await import('../../cluster/worker/worker.js');
    const { storage = process.env.GOLDILOCKS_STORAGE, state: stateDirectory, ...rest } = flags;
    if (storage === undefined || storage === '') {
      throw new UserError(
        'Name the database with --storage, such as postgresql://user@host/studies, or in GOLDILOCKS_STORAGE.',
      );
    }
    const result = await work({ ...rest, storage, stateDirectory, signal, onEvent });
    return { json: { ...result }, text: workerText(result) };
  },
});

function workerText({
  study,
  trials,
  stopped,
}: {
  study: string;
  trials: Record<string, number>;
  stopped: boolean;
}): string {
  const parts = Object.entries(trials).flatMap(([what, times]) => (times > 0 ? [`${times} ${what}`] : []));
  const end = stopped ? 'Stopped as asked' : `Nothing is left to do in ${study}`;
  return `${end}. Trials of this worker: ${parts.join(', ') || 'none'}.`;
}

// Flags that move the trials of a search to other machines.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type ClusterOptions,
  type EngineName,
  engineNames,
  type Place,
  parsePlace,
} from '../../cluster/cluster-options.js';
import { UserError } from '../../errors.js';
import { choice, count, number, positive } from '../values.js';

export interface ClusterFlags {
  on?: Place;
  storage?: string;
  workers?: number;
  workerCpus?: number;
  workerGpus?: number;
  workerCommand?: string;
  engine?: EngineName;
  heartbeat?: number;
  prune?: boolean;
}

const resource = (example: string) => number(`a number from 0, such as ${example}`, (value) => value >= 0);

export function addClusterFlags(command: Command): Command {
  return command
    .optionsGroup('Other machines:')
    .option('--on <place>', 'where trials run: ray=http://127.0.0.1:8265, or workers that you start', place)
    .option('--storage <url>', 'the database that all machines share (default: $GOLDILOCKS_STORAGE)')
    .option('--workers <count>', 'workers to start on Ray (default: 2)', count(1, '4'))
    .option('--worker-cpus <count>', 'CPUs for each (default: 1)', resource('4'))
    .option('--worker-gpus <count>', 'GPUs for each (default: 0)', resource('1'))
    .option('--worker-command <command>', 'how goldilocks is called on the nodes')
    .option('--engine <engine>', 'what trains there: onnx, or pytorch for big models on CUDA', choice(engineNames))
    .option(
      '--heartbeat <seconds>',
      'between signs of life of a trial; without four it is run again (default: 15)',
      positive('15'),
    )
    .option('--no-prune', 'let every trial run to its end');
}

/** A reader of `--on`. */
export function place(text: string): Place {
  try {
    return parsePlace(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const isUrl = (text: string) => /^[a-z][a-z0-9+]+:/i.test(text);

/** Undefined where trials run here. Throws UserError where a flag is missing or has no use. */
export function clusterOptions(flags: ClusterFlags): ClusterOptions | undefined {
  const { on, storage = process.env.GOLDILOCKS_STORAGE, workers, prune } = flags;
  const { workerCpus: cpus, workerGpus: gpus, workerCommand, engine, heartbeat: heartbeatSeconds } = flags;
  if (on === undefined) {
    if (flags.storage === undefined && workers === undefined && engine === undefined) return undefined;
    throw new UserError(
      '--storage, --workers and --engine are for other machines: say which with --on ray=… or --on workers.',
    );
  }
  if (storage === undefined || storage === '') {
    throw new UserError(
      'With --on, name the database that all machines share: --storage postgresql://user@host/studies, or GOLDILOCKS_STORAGE.',
    );
  }
  // Workers start in other folders.
  return {
    on,
    storage: isUrl(storage) ? storage : resolve(storage),
    workers,
    cpus,
    gpus,
    workerCommand,
    engine,
    heartbeatSeconds,
    prune,
  };
}

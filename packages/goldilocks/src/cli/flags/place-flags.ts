// Flags that let the commands of a search run as jobs of Ray.

import type { SpaceFile } from '@goldilocks/protocol';
import type { Command } from 'commander';
import type { Place } from '../../cluster/cluster-options.js';
import { UserError } from '../../errors.js';
import type { Launcher } from '../../optimize/launcher.js';
import { number } from '../values.js';
import { place } from './cluster-flags.js';

export interface PlaceFlags {
  on?: Place;
  trialCpus?: number;
  trialGpus?: number;
  sharedDisk?: boolean;
}

const resource = (example: string) => number(`a number from 0, such as ${example}`, (value) => value >= 0);

export function addPlaceFlags(command: Command): Command {
  return command
    .optionsGroup('Where commands run:')
    .option('--on <place>', 'ray=http://127.0.0.1:8265: each as a job of Ray (default: here)', place)
    .option('--trial-cpus <count>', 'CPUs of each on Ray (default: 1)', resource('4'))
    .option('--trial-gpus <count>', 'GPUs of each on Ray (default: 0)', resource('1'))
    .option('--shared-disk', "Ray's nodes see this machine's disk under the same paths");
}

/** Undefined for this machine. Throws UserError where Ray is not there, or metrics could not be read from it. */
export async function launcherOf(flags: PlaceFlags, space: Pick<SpaceFile, 'metrics'>): Promise<Launcher | undefined> {
  const { on, trialCpus: cpus, trialGpus: gpus, sharedDisk: sharesDisk = false } = flags;
  if (on === undefined) return undefined;
  if (on.kind === 'workers') {
    throw new UserError(
      'Commands need no workers: on every machine that helps, start the same goldilocks optimize with the same --storage and --study.',
    );
  }
  const from = space.metrics?.from;
  if (!sharesDisk && (from === 'file' || from === 'tensorboard')) {
    throw new UserError(
      `Metrics from ${from === 'file' ? 'a file' : 'TensorBoard'} are on the disk of Ray's nodes. Print them (--metrics output), or say --shared-disk where the nodes share this disk.`,
    );
  }
  const { connectRay } = await import('../../cluster/ray/connect.js');
  const { RayLauncher } = await import('../../cluster/ray/ray-launcher.js');
  return new RayLauncher({ client: await connectRay(on.address), cpus, gpus, sharesDisk });
}

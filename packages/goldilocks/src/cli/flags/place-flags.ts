// Flags that let the commands of a search run as jobs of Ray.

import type { SpaceFile } from '@goldilocks/protocol';
import type { Command } from 'commander';
import { UserError } from '../../errors.js';
import type { Launcher } from '../../optimize/launcher.js';
import type { CommandPlace } from '../../optimize/options.js';
import { number } from '../values.js';
import { place } from './cluster-flags.js';

export type PlaceFlags = Partial<CommandPlace>;

const resource = (example: string) => number(`a number from 0, such as ${example}`, (value) => value >= 0);

export function addPlaceFlags(command: Command): Command {
  return command
    .optionsGroup('Where commands run:')
    .option(
      '--on <place>',
      'ray=http://127.0.0.1:8265: each as a job of Ray (default: here, or as before)',
      commandPlace,
    )
    .option('--trial-cpus <count>', 'CPUs of each on Ray (default: 1)', resource('4'))
    .option('--trial-gpus <count>', 'GPUs of each on Ray (default: 0)', resource('1'))
    .option('--shared-disk', "Ray's nodes see this machine's disk under the same paths");
}

/** A reader of `--on` that knows this machine too. */
const commandPlace = (text: string) => (text === 'here' ? { kind: 'here' as const } : place(text));

/** What the flags say of where commands run; undefined where they leave it open. */
export function placeOf({ on, trialCpus, trialGpus, sharedDisk }: PlaceFlags): CommandPlace | undefined {
  return on && { on, trialCpus, trialGpus, sharedDisk };
}

/** Undefined for this machine. Throws UserError where Ray is not there, or metrics could not be read from it. */
export async function launcherOf(
  place: CommandPlace | undefined,
  space: Pick<SpaceFile, 'metrics'>,
): Promise<Launcher | undefined> {
  if (place === undefined || place.on.kind === 'here') return undefined;
  const { on, trialCpus: cpus, trialGpus: gpus, sharedDisk: sharesDisk = false } = place;
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

// What a person asked of training beside the hyperparameters: never recommended, never searched.

import type { OptimizerSettings, TrainingSettings } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import type { UserSettings } from './user-settings.js';

export interface TrainingOption {
  /** The name a person reads. */
  name: string;
  text: string;
}

/** The options in use, each in a few words. */
export function trainingOptions({
  optimizer,
  labelSmoothing,
  neftune,
  replay,
  lora,
  device,
  mixedPrecision,
}: TrainingSettings): TrainingOption[] {
  return [
    ...(optimizer ? [{ name: 'optimizer', text: optimizerText(optimizer) }] : []),
    ...(lora?.dora ? [{ name: 'adapters', text: 'with magnitudes (DoRA)' }] : []),
    ...(labelSmoothing ? [{ name: 'label smoothing', text: String(labelSmoothing) }] : []),
    ...(neftune ? [{ name: 'noise on embeddings (NEFTune)', text: `alpha ${neftune}` }] : []),
    ...(replay ? [{ name: 'replay of reference text', text: `${replay.share} of the loss` }] : []),
    ...(device ? [{ name: 'device', text: device }] : []),
    ...(mixedPrecision && device !== 'cpu' ? [{ name: 'mixed precision', text: 'products in 16 bits' }] : []),
  ];
}

function optimizerText({ name, momentum, nesterov }: OptimizerSettings): string {
  const words: string[] = [name];
  if (momentum !== undefined) words.push(`momentum ${momentum}`);
  if (nesterov) words.push("Nesterov's");
  return words.join(', ');
}

/** @throws UserError for an option that does not go with the others */
export function checkTrainingOptions({ optimizer, device = 'cpu', mixedPrecision, replay }: UserSettings): void {
  const { name = 'adamw', momentum, nesterov } = optimizer ?? {};
  const isTold = momentum !== undefined || nesterov !== undefined;
  if (isTold && name !== 'sgd' && name !== 'muon') {
    throw new UserError(
      `The optimizer ${name} has no momentum to set: it is for --optimizer sgd and --optimizer muon.`,
    );
  }
  if (replay && !(replay.share! > 0 && replay.share! < 1)) {
    throw new UserError(
      `The share of replay is ${replay.share ?? 'missing'}; give one between 0 and 1, such as --replay 0.1.`,
    );
  }
  if (device === 'webgpu' && name !== 'adamw') {
    throw new UserError(`The optimizer ${name} does not run on a GPU: leave out --device webgpu, or take adamw.`);
  }
  if (mixedPrecision && device === 'cpu') {
    throw new UserError('--mixed-precision is for a GPU: say --device webgpu or --device auto as well.');
  }
}

// What a person asked of training beside the hyperparameters: never recommended, never searched.

import type { OptimizerSettings, TrainingSettings } from '@goldilocks/trainer';

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

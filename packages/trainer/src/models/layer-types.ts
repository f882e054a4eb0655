// Which layers of a model look at a window only.
import { z } from 'zod';
import type { Window } from '../modules/attention-mask.js';
import { optional, type RawConfig, readFields, refuse, size } from './config.js';

const windowFields = {
  sliding_window: optional(size(2 ** 27)),
  layer_types: optional(z.array(z.enum(['full_attention', 'sliding_attention'])).max(1024)),
};

export interface LayerTypes {
  /** The window of a layer, none where it sees everything. */
  windowOf(layer: number): Window | undefined;
  /** The values of config.json. */
  written: { sliding_window: number | null; layer_types: string[] };
}

export interface LayerTypeOptions {
  layers: number;
  /** Window size where the configuration names none. */
  window?: number;
  /** Whether a layer slides, where `layer_types` is not given. */
  slides: (layer: number) => boolean;
}

/** @throws ModelFormatError where the list does not fit the number of layers, or layers slide without a window */
export function readLayerTypes(raw: RawConfig, file: string, options: LayerTypeOptions): LayerTypes {
  const { sliding_window: given, layer_types: types } = readFields(windowFields, raw, file);
  const before = given ?? (raw.sliding_window === null ? undefined : options.window);
  if (types && types.length !== options.layers) {
    throw refuse(file, `layer_types names ${types.length} layers, but num_hidden_layers is ${options.layers}`);
  }
  const sliding = Array.from({ length: options.layers }, (_, layer) =>
    types ? types[layer] === 'sliding_attention' : options.slides(layer),
  );
  if (sliding.includes(true) && before === undefined)
    throw refuse(file, 'layers slide, but there is no sliding_window');
  return {
    windowOf: (layer) => (sliding[layer] ? { before: before! } : undefined),
    written: {
      sliding_window: before ?? null,
      layer_types: sliding.map((slides) => (slides ? 'sliding_attention' : 'full_attention')),
    },
  };
}

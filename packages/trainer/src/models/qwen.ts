// What Qwen 2 and 3 share: which layers look at a window.
import { z } from 'zod';
import { optional, type RawConfig, readFields } from './config.js';
import { type LayerTypes, readLayerTypes } from './layer-types.js';

const fields = {
  use_sliding_window: optional(z.boolean()),
  max_window_layers: optional(z.number().int().min(0).max(1024)),
};

/** A window only where `use_sliding_window` says so, on the layers from `max_window_layers` up. */
export function qwenLayerTypes(raw: RawConfig, file: string, layers: number): LayerTypes {
  const { use_sliding_window: uses = false, max_window_layers: first = 28 } = readFields(fields, raw, file);
  if (uses) return readLayerTypes(raw, file, { layers, window: 4096, slides: (layer) => layer >= first });
  return readLayerTypes({ ...raw, sliding_window: null }, file, { layers, slides: () => false });
}

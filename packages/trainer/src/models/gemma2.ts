// Gemma 2: bounded attention scores; every second layer looks at a window.
import type { Family } from './architecture.js';
import { gemmaDecoder, gemmaJson, readGemma } from './gemma.js';
import { readLayerTypes } from './layer-types.js';

/** Missing values take the defaults of Transformers' Gemma2Config. */
export const gemma2: Family = {
  models: 'Gemma 2',
  modelType: 'gemma2',
  architectures: ['Gemma2ForCausalLM'],
  read(raw, file) {
    const config = readGemma(raw, file, 'gemma2', { maxPositions: 8192, logitCap: 30, scoreCap: 50 });
    const slides = (layer: number) => layer % 2 === 0;
    const { windowOf, written } = readLayerTypes(raw, file, { layers: config.layers, window: 4096, slides });
    return {
      ...gemmaDecoder(config, (_, layer) => ({ window: windowOf(layer) })),
      className: 'Gemma2ForCausalLM',
      written: { ...gemmaJson(config), ...written },
    };
  },
};

// OLMo 2: norms after attention and MLP instead of before, and on queries and keys over their whole width.
import { z } from 'zod';
import { activations, gatedMlp } from '../modules/mlp.js';
import { rmsNorm } from '../modules/rms-norm.js';
import { selfAttention } from '../modules/self-attention.js';
import { type Family, residual } from './architecture.js';
import { optional, readFields } from './config.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';

const fields = { attention_bias: optional(z.boolean()) };

/** Missing values take the defaults of Transformers' Olmo2Config. */
export const olmo2: Family = {
  models: 'OLMo 2',
  modelType: 'olmo2',
  architectures: ['Olmo2ForCausalLM'],
  read(raw, file) {
    const { attention_bias: bias = false } = readFields(fields, raw, file);
    const config = readDecoder(raw, file, 'olmo2', { maxPositions: 2048, rmsNormEps: 1e-5, eos: 50_279, pad: 1 });
    const { rmsNormEps: epsilon, intermediateSize: width } = config;
    return {
      ...preNormDecoder(config),
      layer(context, x, layer, past) {
        const name = `model.layers.${layer}`;
        const normalize = (part: string, y: typeof x) => rmsNorm(context, part, y, epsilon);
        const options = { ...config, qkvBias: bias, outputBias: bias, normalize };
        const attended = selfAttention(context, `${name}.self_attn`, x, options, past);
        const middle = residual(context, x, normalize(`${name}.post_attention_layernorm`, attended.output));
        const inner = gatedMlp(context, `${name}.mlp`, middle, { width, activation: activations.silu! });
        const hidden = residual(context, middle, normalize(`${name}.post_feedforward_layernorm`, inner));
        return { hidden, present: attended.present };
      },
      className: 'Olmo2ForCausalLM',
      written: { ...decoderJson(config), attention_bias: bias },
    };
  },
};

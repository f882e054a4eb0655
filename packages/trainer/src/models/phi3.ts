// Phi-3 and 3.5 (Phi-4 too): Llama with queries, keys and values in one layer, and gate and up in one.
import { slice } from '../graph/ops/layout.js';
import { attend } from '../modules/attention.js';
import { activations, fusedGatedMlp } from '../modules/mlp.js';
import { rmsNorm } from '../modules/rms-norm.js';
import { type Family, residual } from './architecture.js';
import { optional, readFields, size } from './config.js';
import { decoderJson, preNormDecoder, readDecoder } from './llama.js';

const fields = { sliding_window: optional(size(2 ** 27)), original_max_position_embeddings: optional(size(2 ** 27)) };

/** Missing values take the defaults of Transformers' Phi3Config. */
export const phi3: Family = {
  models: 'Phi-3, 3.5 and 4',
  modelType: 'phi3',
  architectures: ['Phi3ForCausalLM'],
  read(raw, file) {
    const config = readDecoder(raw, file, 'phi3', {
      maxPositions: 4096,
      rmsNormEps: 1e-5,
      bos: 1,
      eos: 32_000,
      pad: 32_000,
    });
    const { sliding_window: before, original_max_position_embeddings: original = 4096 } = readFields(fields, raw, file);
    const { rmsNormEps: epsilon, heads, kvHeads, headDim, intermediateSize: width } = config;
    const [q, kv] = [heads * headDim, kvHeads * headDim];
    const options = { ...config, window: before === undefined ? undefined : { before } };
    const { head_dim, ...shared } = decoderJson(config);
    return {
      ...preNormDecoder(config),
      layer(context, x, layer, past) {
        const name = `model.layers.${layer}`;
        const normed = rmsNorm(context, `${name}.input_layernorm`, x, epsilon);
        const qkv = context.linear(`${name}.self_attn.qkv_proj`, normed, q + 2 * kv);
        const part = (from: number, to: number) => slice(qkv, 1, from, to);
        const projected = { queries: part(0, q), keys: part(q, q + kv), values: part(q + kv, q + 2 * kv) };
        const { output, present } = attend(context, projected, options, past);
        const middle = residual(context, x, context.linear(`${name}.self_attn.o_proj`, output, config.hiddenSize));
        const normedAgain = rmsNorm(context, `${name}.post_attention_layernorm`, middle, epsilon);
        const names = { gateUp: `${name}.mlp.gate_up_proj`, down: `${name}.mlp.down_proj` };
        const inner = fusedGatedMlp(context, names, normedAgain, { width, activation: activations.silu! });
        return { hidden: residual(context, middle, inner), present };
      },
      loraTargets: {
        q_proj: 'self_attn.qkv_proj',
        k_proj: 'self_attn.qkv_proj',
        v_proj: 'self_attn.qkv_proj',
        o_proj: 'self_attn.o_proj',
        gate_proj: 'mlp.gate_up_proj',
        up_proj: 'mlp.gate_up_proj',
        down_proj: 'mlp.down_proj',
      },
      className: 'Phi3ForCausalLM',
      written: { ...shared, sliding_window: before ?? null, original_max_position_embeddings: original },
    };
  },
};

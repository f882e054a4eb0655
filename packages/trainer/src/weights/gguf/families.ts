// How the tensors of a family of models are called in GGUF and at Hugging Face, and how their values differ: a row a family.

export interface GgufFamily {
  /** `general.architecture` of the file. */
  architecture: string;
  /** `model_type` of config.json. */
  modelType: string;
  /** Class that Transformers loads the model with. */
  modelClass: string;
  /** Modules outside the layers, GGUF's name and the Hugging Face one; weights and biases add their own ending. */
  modules: readonly (readonly [gguf: string, huggingFace: string])[];
  /** Modules of a layer, without `blk.N.` and `model.layers.N.`. */
  layerModules: readonly (readonly [gguf: string, huggingFace: string])[];
  /** Whether the rows of queries and keys lie in pairs (2j, 2j + 1) of a rotation where Hugging Face has (j, j + half). */
  pairsInterleaved?: boolean;
  /** Whether GGUF stores norms with the 1 that the model adds to them. */
  normsPlusOne?: boolean;
  /** llama.cpp lets every layer of this family see everything, also where the model has windows. */
  ignoresWindows?: boolean;
  /** Files of this family are read, but none are written: not all that its models differ in is known to be right. */
  readOnly?: boolean;
}

const modules = [
  ['token_embd', 'model.embed_tokens'],
  ['output_norm', 'model.norm'],
  ['output', 'lm_head'],
] as const;

const attention = [
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_output', 'self_attn.o_proj'],
] as const;

const queryKeyNorms = [
  ['attn_q_norm', 'self_attn.q_norm'],
  ['attn_k_norm', 'self_attn.k_norm'],
] as const;

const gatedMlp = [
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
] as const;

const preNorms = [
  ['attn_norm', 'input_layernorm'],
  ['ffn_norm', 'post_attention_layernorm'],
] as const;

const postNorms = [
  ['post_attention_norm', 'post_attention_layernorm'],
  ['post_ffw_norm', 'post_feedforward_layernorm'],
] as const;

const gemmaNorms = [['attn_norm', 'input_layernorm'], ['ffn_norm', 'pre_feedforward_layernorm'], ...postNorms] as const;

export const ggufFamilies: readonly GgufFamily[] = [
  {
    architecture: 'llama',
    modelType: 'llama',
    modelClass: 'LlamaForCausalLM',
    modules,
    layerModules: [...attention, ...gatedMlp, ...preNorms],
    pairsInterleaved: true,
    ignoresWindows: true,
  },
  {
    // llama.cpp's converter writes Mistral as llama: the file does not say which it was.
    architecture: 'llama',
    modelType: 'mistral',
    modelClass: 'MistralForCausalLM',
    modules,
    layerModules: [...attention, ...gatedMlp, ...preNorms],
    pairsInterleaved: true,
    ignoresWindows: true,
  },
  {
    architecture: 'qwen2',
    modelType: 'qwen2',
    modelClass: 'Qwen2ForCausalLM',
    modules,
    layerModules: [...attention, ...gatedMlp, ...preNorms],
    ignoresWindows: true,
  },
  {
    architecture: 'qwen3',
    modelType: 'qwen3',
    modelClass: 'Qwen3ForCausalLM',
    modules,
    layerModules: [...attention, ...queryKeyNorms, ...gatedMlp, ...preNorms],
    ignoresWindows: true,
  },
  {
    architecture: 'gemma2',
    modelType: 'gemma2',
    modelClass: 'Gemma2ForCausalLM',
    readOnly: true,
    modules,
    layerModules: [...attention, ...gatedMlp, ...gemmaNorms],
    normsPlusOne: true,
  },
  {
    architecture: 'gemma3',
    modelType: 'gemma3_text',
    modelClass: 'Gemma3ForCausalLM',
    readOnly: true,
    modules,
    layerModules: [...attention, ...queryKeyNorms, ...gatedMlp, ...gemmaNorms],
    normsPlusOne: true,
  },
  {
    architecture: 'phi3',
    modelType: 'phi3',
    modelClass: 'Phi3ForCausalLM',
    readOnly: true,
    modules,
    layerModules: [
      ['attn_qkv', 'self_attn.qkv_proj'],
      ['attn_output', 'self_attn.o_proj'],
      ['ffn_up', 'mlp.gate_up_proj'],
      ['ffn_down', 'mlp.down_proj'],
      ...preNorms,
    ],
  },
  {
    architecture: 'olmo2',
    modelType: 'olmo2',
    modelClass: 'Olmo2ForCausalLM',
    modules,
    layerModules: [...attention, ...queryKeyNorms, ...gatedMlp, ...postNorms],
  },
];

/** The Hugging Face name of a tensor; undefined where the family has none. */
export function huggingFaceName(family: GgufFamily, name: string): string | undefined {
  const { layer, module, ending } =
    /^(?:blk\.(?<layer>\d+)\.)?(?<module>\w+)\.(?<ending>weight|bias)$/.exec(name)?.groups ?? {};
  const found = (layer === undefined ? family.modules : family.layerModules).find(([gguf]) => gguf === module);
  return found && `${layer === undefined ? '' : `model.layers.${Number(layer)}.`}${found[1]}.${ending}`;
}

/** The name in GGUF of a tensor by its Hugging Face name; undefined where the family has none. */
export function ggufName(family: GgufFamily, name: string): string | undefined {
  const { layer, inLayer, ending } =
    /^(?:model\.layers\.(?<layer>\d+)\.)?(?<inLayer>.+)\.(?<ending>weight|bias)$/.exec(name)?.groups ?? {};
  const found = (layer === undefined ? family.modules : family.layerModules).find(([, theirs]) => theirs === inLayer);
  return found && `${layer === undefined ? '' : `blk.${layer}.`}${found[0]}.${ending}`;
}

/** Heads whose rows are interleaved in GGUF, of the tensor with this Hugging Face name; undefined for all others. */
export function interleavedHeads(
  family: GgufFamily,
  name: string,
  { heads, kvHeads }: { heads: number; kvHeads: number },
): number | undefined {
  if (!family.pairsInterleaved) return undefined;
  if (/\.q_proj\.(weight|bias)$/.test(name)) return heads;
  return /\.k_proj\.(weight|bias)$/.test(name) ? kvHeads : undefined;
}

/** Whether the tensor of this Hugging Face name is a norm that GGUF stores plus 1. */
export const isShiftedNorm = (family: GgufFamily, name: string): boolean =>
  family.normsPlusOne === true && /norm\.weight$/.test(name);

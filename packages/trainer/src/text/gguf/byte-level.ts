// The byte-level tokenizers of GGUF files (kind `gpt2`): GPT-2, Llama 3, Qwen, SmolLM and others.
import { ModelFormatError, TextError } from '../../errors.js';
import type { GgufKeys } from '../../weights/gguf/keys.js';
import { splits } from './splits.js';
import type { TokenizerParts, Vocabulary } from './tokenizer-parts.js';

/** Throws TextError where the way of splitting is not known, ModelFormatError where there are no sound merges. */
export function byteLevelModel(keys: GgufKeys, { tokens }: Vocabulary): TokenizerParts {
  const pre = keys.optionalText('tokenizer.ggml.pre') ?? 'gpt-2';
  const split = splits.find(({ names }) => names.includes(pre));
  if (!split) {
    const known = splits.flatMap(({ names }) => names).join(', ');
    throw new TextError(
      `${keys.path} splits text by the rule ${JSON.stringify(pre)}, which is not known here; known: ${known}. Use the model's safetensors.`,
    );
  }
  const { normalizer, preTokenizer, ignoreMerges, startToken } = split;
  return {
    normalizer,
    preTokenizer,
    startToken,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab: vocabularyOf(tokens),
      merges: readMerges(keys),
    },
  };
}

/** Ids by token. Without a prototype, so that a token may be called anything. */
export function vocabularyOf(tokens: readonly string[]): Record<string, number> {
  const vocabulary: Record<string, number> = Object.create(null);
  tokens.forEach((token, id) => {
    vocabulary[token] = id;
  });
  return vocabulary;
}

function readMerges(keys: GgufKeys): [string, string][] {
  const merges = keys.optionalTexts('tokenizer.ggml.merges');
  if (!merges) throw new ModelFormatError(`${keys.path} lacks the key tokenizer.ggml.merges of its tokenizer.`);
  return merges.map((merge, i) => {
    const space = merge.indexOf(' ', 1);
    if (space > 0 && space < merge.length - 1) return [merge.slice(0, space), merge.slice(space + 1)];
    throw new ModelFormatError(
      `${keys.path} has the merge ${i + 1} ${JSON.stringify(merge.slice(0, 100))}, not two parts.`,
    );
  });
}

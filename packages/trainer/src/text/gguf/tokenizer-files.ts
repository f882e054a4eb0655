// The tokenizer inside a GGUF file, as the tokenizer.json and tokenizer_config.json that would lie beside safetensors.
import { ModelFormatError, TextError } from '../../errors.js';
import type { GgufKeys } from '../../weights/gguf/keys.js';
import type { TokenizerFiles } from '../tokenizer-files.js';
import { byteLevelModel } from './byte-level.js';
import { sentencePieceModel } from './sentence-piece.js';
import { TokenKind } from './token-kind.js';
import type { TokenizerParts, Vocabulary } from './tokenizer-parts.js';

/** Undefined where the file has none. Throws ModelFormatError, TextError where it is damaged or of a kind that is not known. */
export function ggufTokenizer(keys: GgufKeys): TokenizerFiles | undefined {
  const kind = keys.optionalText('tokenizer.ggml.model');
  if (kind === undefined) return undefined;
  const vocabulary = readVocabulary(keys);
  const parts = partsOf(kind, keys, vocabulary);
  const special = specialTokens(keys, vocabulary);
  const start = keys.optionalFlag('tokenizer.ggml.add_bos_token') ?? parts.startToken;
  return {
    place: keys.path,
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(vocabulary),
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: start && special.bos_token !== undefined ? startTemplate(special.bos_token, vocabulary) : null,
      decoder: parts.decoder,
      model: parts.model,
    },
    config: { ...special, tokenizer_class: 'PreTrainedTokenizerFast', clean_up_tokenization_spaces: false },
    chatTemplate: keys.optionalText('tokenizer.chat_template'),
  };
}

function partsOf(kind: string, keys: GgufKeys, vocabulary: Vocabulary): TokenizerParts {
  if (kind === 'gpt2') return byteLevelModel(keys, vocabulary);
  if (kind === 'llama') return sentencePieceModel(keys, vocabulary);
  throw new TextError(
    `${keys.path} has a tokenizer of the kind ${JSON.stringify(kind)}; gpt2 and llama can be read. Use the model's safetensors.`,
  );
}

function readVocabulary(keys: GgufKeys): Vocabulary {
  const tokens = keys.optionalTexts('tokenizer.ggml.tokens');
  if (!tokens?.length) throw new ModelFormatError(`${keys.path} lacks the key tokenizer.ggml.tokens: no vocabulary.`);
  const kinds = keys.optionalNumbers('tokenizer.ggml.token_type');
  if (kinds && kinds.length !== tokens.length) {
    throw new ModelFormatError(`${keys.path} has ${tokens.length} tokens, but kinds of ${kinds.length}.`);
  }
  return { tokens, kindOf: (id) => kinds?.[id] ?? TokenKind.normal };
}

/** Tokens that are looked for in a text before it is split. */
function addedTokens({ tokens, kindOf }: Vocabulary): object[] {
  return tokens.flatMap((content, id) => {
    const kind = kindOf(id);
    if (kind !== TokenKind.control && kind !== TokenKind.userDefined && kind !== TokenKind.unknown) return [];
    const special = kind !== TokenKind.userDefined;
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
}

const specialKeys = { bos_token: 'bos', eos_token: 'eos', pad_token: 'padding', unk_token: 'unknown' } as const;

function specialTokens(keys: GgufKeys, { tokens }: Vocabulary): Partial<Record<keyof typeof specialKeys, string>> {
  const found: Partial<Record<keyof typeof specialKeys, string>> = {};
  for (const [name, key] of Object.entries(specialKeys) as [keyof typeof specialKeys, string][]) {
    const id = keys.optionalCount(`tokenizer.ggml.${key}_token_id`);
    if (id === undefined) continue;
    if (tokens[id] === undefined) {
      throw new ModelFormatError(`${keys.path} names token ${id} as ${name}, but has only ${tokens.length} tokens.`);
    }
    found[name] = tokens[id];
  }
  return found;
}

function startTemplate(token: string, { tokens }: Vocabulary): object {
  const start = { SpecialToken: { id: token, type_id: 0 } };
  const text = (id: 'A' | 'B') => ({ Sequence: { id, type_id: 0 } });
  return {
    type: 'TemplateProcessing',
    single: [start, text('A')],
    pair: [start, text('A'), start, text('B')],
    special_tokens: { [token]: { id: token, ids: [tokens.indexOf(token)], tokens: [token] } },
  };
}

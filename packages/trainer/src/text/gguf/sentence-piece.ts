// The SentencePiece tokenizers of GGUF files (kind `llama`): Llama 1 and 2, Mistral, Gemma, Phi-3.
import { ModelFormatError } from '../../errors.js';
import type { GgufKeys } from '../../weights/gguf/keys.js';
import { vocabularyOf } from './byte-level.js';
import { TokenKind } from './token-kind.js';
import type { TokenizerParts, Vocabulary } from './tokenizer-parts.js';

/** No real piece is near it; the merges of a piece take time and memory by the square of its length. */
const maxPieceCharacters = 1024;

/** Throws ModelFormatError where there are no sound scores. */
export function sentencePieceModel(keys: GgufKeys, vocabulary: Vocabulary): TokenizerParts {
  const { tokens } = vocabulary;
  const scores = keys.optionalNumbers('tokenizer.ggml.scores');
  if (scores?.length !== tokens.length) {
    throw new ModelFormatError(
      `${keys.path} has ${tokens.length} tokens, but ${scores?.length ?? 'no'} scores of them.`,
    );
  }
  const spaceInFront = keys.optionalFlag('tokenizer.ggml.add_space_prefix') ?? true;
  const unknown = tokens[keys.optionalCount('tokenizer.ggml.unknown_token_id') ?? 0] ?? null;
  const replaceSpaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  return {
    normalizer: spaceInFront
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replaceSpaces] }
      : replaceSpaces,
    preTokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(spaceInFront ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    startToken: true,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: vocabularyOf(tokens),
      merges: mergesByScore(keys, vocabulary, scores),
    },
  };
}

interface Merge {
  left: number;
  right: number;
  merged: number;
}

/**
 * SentencePiece merges whichever two neighbours make the piece of the highest score. That is a list of merges ordered by the
 * score of what they make; where scores are equal, in the order that Transformers gives them.
 */
function mergesByScore(keys: GgufKeys, { tokens, kindOf }: Vocabulary, scores: ArrayLike<number>): [string, string][] {
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (kindOf(id) === TokenKind.normal || kindOf(id) === TokenKind.userDefined) ids.set(token, id);
  });
  const merges: Merge[] = [];
  for (const [token, merged] of ids) {
    if (token.length > maxPieceCharacters) {
      throw new ModelFormatError(
        `${keys.path} has a token of ${token.length} characters; at most ${maxPieceCharacters} are read.`,
      );
    }
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [ids.get(token.slice(0, at)), ids.get(token.slice(at))];
      if (left !== undefined && right !== undefined) merges.push({ left, right, merged });
    }
  }
  const length = (id: number) => tokens[id]!.length;
  merges.sort(
    (a, b) =>
      scores[b.merged]! - scores[a.merged]! ||
      length(b.left) - length(a.left) ||
      length(b.right) - length(a.right) ||
      a.merged - b.merged,
  );
  return merges.map(({ left, right }) => [tokens[left]!, tokens[right]!]);
}

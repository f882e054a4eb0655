// Writes a tokenizer.json as the keys of a GGUF file.
import { TextError } from '../../errors.js';
import { type Split, splits } from '../../text/gguf/splits.js';
import { TokenKind } from '../../text/gguf/token-kind.js';
import { TextTokenizer } from '../../text/tokenizer.js';
import type { TokenizerFiles } from '../../text/tokenizer-files.js';
import type { GgufKeyWriter } from './write-gguf.js';

interface TokenizerJson {
  model: {
    type?: string;
    vocab: Record<string, number>;
    merges: (string | [string, string])[];
    byte_fallback?: boolean;
    ignore_merges?: boolean;
    unk_token?: string | null;
  };
  added_tokens?: { id: number; content: string; special: boolean }[];
  normalizer?: unknown;
  pre_tokenizer?: unknown;
}

/** What the model's configuration says of tokens. */
export interface ModelTokens {
  /** The first ends a text, a second one a turn. */
  eosTokenIds: readonly number[];
  padTokenId?: number;
}

/**
 * @param rows of the embedding: GGUF wants a token for each
 * @throws TextError where GGUF has no name for how the tokenizer works
 */
export function addTokenizerKeys(keys: GgufKeyWriter, files: TokenizerFiles, rows: number, config: ModelTokens): void {
  const json = files.json as unknown as TokenizerJson;
  const { model } = json;
  if (model.type !== 'BPE' && model.type !== undefined) throw unwritable(files, `its model is ${model.type}, not BPE`);
  const tokens = vocabularyOf(json, rows);
  const isSentencePiece = model.byte_fallback === true;
  if (isSentencePiece) addSentencePiece(keys, json, tokens);
  else addByteLevel(keys, json, files);
  keys.texts(
    'tokenizer.ggml.tokens',
    tokens.map(({ text }) => text),
  );
  keys.int32s(
    'tokenizer.ggml.token_type',
    tokens.map(({ kind }) => kind),
  );
  addSpecialTokens(keys, files, tokens, config);
  if (files.chatTemplate !== undefined) keys.text('tokenizer.chat_template', files.chatTemplate);
}

function addSpecialTokens(
  keys: GgufKeyWriter,
  files: TokenizerFiles,
  tokens: readonly Token[],
  { eosTokenIds, padTokenId }: ModelTokens,
): void {
  const tokenizer = TextTokenizer.from(files);
  const unknown = (files.json as unknown as TokenizerJson).model.unk_token ?? files.config.unk_token;
  const ends = new Set(tokenizer.eosTokenId === undefined ? eosTokenIds : [tokenizer.eosTokenId, ...eosTokenIds]);
  const [eos, eot] = ends;
  const ids = {
    bos: tokenizer.bosTokenId,
    eos,
    eot,
    unknown: tokens.findIndex(({ text }) => text === unknown),
    padding: files.config.pad_token == null ? padTokenId : tokenizer.padTokenId,
  };
  for (const [name, id] of Object.entries(ids)) {
    if (id !== undefined && id >= 0) keys.uint32(`tokenizer.ggml.${name}_token_id`, id);
  }
  keys.flag('tokenizer.ggml.add_bos_token', tokenizer.startTokenIds.length > 0);
  keys.flag('tokenizer.ggml.add_eos_token', false);
}

interface Token {
  text: string;
  kind: number;
}

function vocabularyOf({ model, added_tokens: added = [] }: TokenizerJson, rows: number): Token[] {
  const tokens = Array.from({ length: rows }, (_, id): Token => ({ text: `[PAD${id}]`, kind: TokenKind.unused }));
  for (const [text, id] of Object.entries(model.vocab)) {
    const isByte = model.byte_fallback === true && /^<0x[0-9A-F]{2}>$/.test(text);
    tokens[id] = { text, kind: isByte ? TokenKind.byte : TokenKind.normal };
  }
  for (const { id, content: text, special } of added) {
    const isUnknown = model.byte_fallback === true && text === model.unk_token;
    tokens[id] = { text, kind: isUnknown ? TokenKind.unknown : special ? TokenKind.control : TokenKind.userDefined };
  }
  return tokens;
}

function addByteLevel(keys: GgufKeyWriter, json: TokenizerJson, files: TokenizerFiles): void {
  keys.text('tokenizer.ggml.model', 'gpt2');
  keys.text('tokenizer.ggml.pre', splitOf(json, files).names[0]!);
  keys.texts(
    'tokenizer.ggml.merges',
    json.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
  );
}

function splitOf(json: TokenizerJson, files: TokenizerFiles): Split {
  const found = splits.find(
    ({ preTokenizer, ignoreMerges }) =>
      essence(preTokenizer) === essence(json.pre_tokenizer) && ignoreMerges === (json.model.ignore_merges ?? false),
  );
  if (found) return found;
  throw unwritable(files, 'it splits text in a way that GGUF has no name for here');
}

/** The parts of a pre-tokenizer that change where text is split. */
function essence(preTokenizer: unknown): string {
  const part = preTokenizer as Record<string, unknown> | null | undefined;
  if (part?.type === 'Sequence') return (part.pretokenizers as unknown[]).map(essence).join(' ');
  const { type, add_prefix_space, use_regex, individual_digits, pattern, behavior, invert } = part ?? {};
  return JSON.stringify({ type, add_prefix_space, use_regex, individual_digits, pattern, behavior, invert });
}

/** Scores order the merges as the list of merges does. */
function addSentencePiece(
  keys: GgufKeyWriter,
  { model, normalizer, pre_tokenizer }: TokenizerJson,
  tokens: readonly Token[],
): void {
  const rank = new Map<string, number>();
  model.merges.forEach((merge, i) => {
    const merged = typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    if (!rank.has(merged)) rank.set(merged, i);
  });
  const last = model.merges.length;
  keys.text('tokenizer.ggml.model', 'llama');
  keys.text('tokenizer.ggml.pre', 'default');
  keys.float32s(
    'tokenizer.ggml.scores',
    tokens.map(({ text }) => -(rank.get(text) ?? last)),
  );
  const rules = JSON.stringify([normalizer, pre_tokenizer]);
  keys.flag('tokenizer.ggml.add_space_prefix', /"Prepend"|"prepend_scheme":"(first|always)"/.test(rules));
}

const unwritable = ({ place }: TokenizerFiles, problem: string) =>
  new TextError(`The tokenizer in ${place} cannot be written as GGUF: ${problem}. Export safetensors instead.`);

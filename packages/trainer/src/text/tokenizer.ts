// Text to token ids and back, by the tokenizer.json that comes with a model.
import { Tokenizer } from '@huggingface/tokenizers';
import { ModelFormatError, TextError } from '../errors.js';
import { ChatTemplate } from './chat-template.js';
import { withTimeLimit } from './time-limit.js';
import { alphabetOf, type TokenAlphabet, tokenBytes } from './token-bytes.js';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.js';

const loadMilliseconds = 30_000;
const specialNames = ['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const;
type SpecialName = (typeof specialNames)[number];

export interface EncodeOptions {
  /** Adds what the model expects around a text, such as a start token; default true. */
  addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Leaves out control tokens such as end-of-text; default true. */
  skipSpecialTokens?: boolean;
}

/** A model's tokenizer. */
export class TextTokenizer {
  /** One more than the largest id: the rows an embedding needs. */
  readonly vocabSize: number;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
  /** The end token where none is declared. */
  readonly padTokenId?: number;
  /** What is put before every text, such as the start token of Llama; may be empty. */
  readonly startTokenIds: readonly number[];
  /** What is put after every text, such as BERT's [SEP]; may be empty. */
  readonly endTokenIds: readonly number[];
  readonly chatTemplate?: ChatTemplate;
  private readonly added: ReadonlyMap<number, { content: string; special: boolean }>;

  private constructor(
    /** Folder or file it comes from. */
    readonly place: string,
    private readonly tokenizer: Tokenizer,
    private readonly alphabet: TokenAlphabet,
    { config, chatTemplate }: TokenizerFiles,
  ) {
    const special = specialTokens(config);
    this.added = new Map(
      [...tokenizer.get_added_tokens_decoder()].map(([id, { content, special }]) => [
        id,
        { content, special: !!special },
      ]),
    );
    let largest = -1;
    for (const id of tokenizer.get_vocab(true).values()) largest = Math.max(largest, id);
    this.vocabSize = largest + 1;
    this.bosTokenId = this.idOf(special.bos_token);
    this.eosTokenId = this.idOf(special.eos_token);
    this.padTokenId = this.idOf(special.pad_token) ?? this.eosTokenId;
    const { start, end } = this.findFrame();
    this.startTokenIds = start;
    this.endTokenIds = end;
    if (chatTemplate !== undefined) this.chatTemplate = new ChatTemplate(chatTemplate, special);
  }

  /**
   * Reads tokenizer.json, tokenizer_config.json and the chat template of a model's folder.
   * @throws ModelFormatError where a file is missing or damaged, TextError where the library does not accept it
   */
  static load(folder: string): TextTokenizer {
    return TextTokenizer.from(readTokenizerFiles(folder));
  }

  /** @throws ModelFormatError, TextError where the content is damaged or not accepted */
  static from(files: TokenizerFiles): TextTokenizer {
    const { place, json, config } = files;
    checkIds(json, place);
    try {
      return withTimeLimit(loadMilliseconds, `Loading the tokenizer of ${place}`, () => {
        const tokenizer = new Tokenizer(json, config);
        return new TextTokenizer(place, tokenizer, alphabetOf(json.decoder), files);
      });
    } catch (error) {
      if (error instanceof TextError || error instanceof ModelFormatError) throw error;
      throw new TextError(
        `The tokenizer in ${place} is damaged or of an unknown kind: ${(error as Error).message}. Download the model again.`,
        { cause: error },
      );
    }
  }

  /**
   * @throws TextError where the tokenizer fails, has no token for a part of the text, or does not end in time (10 seconds, and 10 more a
   * million characters)
   */
  encode(text: string, { addSpecialTokens = true }: EncodeOptions = {}): number[] {
    const milliseconds = 10_000 + Math.ceil(text.length / 100);
    const options = { add_special_tokens: addSpecialTokens };
    const { ids, tokens } = this.guarded(milliseconds, () => this.tokenizer.encode(text, options));
    const missing = ids.findIndex((id: number | undefined) => id === undefined);
    if (missing < 0) return ids;
    throw new TextError(
      `The tokenizer in ${this.place} has no token for ${JSON.stringify(String(tokens[missing]).slice(0, 40))}, nor one for what is unknown. Use the tokenizer that came with the model.`,
    );
  }

  /** Throws TextError where an id is not in the vocabulary. */
  decode(ids: ArrayLike<number>, { skipSpecialTokens = true }: DecodeOptions = {}): string {
    const list = Array.from(ids).filter((id) => !(skipSpecialTokens && this.isSpecial(id)));
    if (list.length === 0) return '';
    for (const id of list) this.token(id);
    // Transformers 5 leaves the spaces before punctuation as they are; the library would remove them.
    const options = { skip_special_tokens: false, clean_up_tokenization_spaces: false };
    return this.guarded(10_000 + list.length, () => this.tokenizer.decode(list, options));
  }

  countTokens(text: string): number {
    return this.encode(text).length;
  }

  /** Whether the id is a control token: one that stands for no text. */
  isSpecial(id: number): boolean {
    return this.added.get(id)?.special ?? false;
  }

  /** UTF-8 bytes of the text the tokens stand for; control tokens stand for none. */
  byteLength(ids: Iterable<number>): number {
    let bytes = 0;
    for (const id of ids) {
      const added = this.added.get(id);
      if (!added) bytes += tokenBytes(this.token(id), this.alphabet);
      else if (!added.special) bytes += Buffer.byteLength(added.content);
    }
    return bytes;
  }

  /** Throws TextError unless an embedding of so many rows has one for every id. */
  checkFits(embeddingRows: number): void {
    if (this.vocabSize <= embeddingRows) return;
    throw new TextError(
      `The tokenizer in ${this.place} has token ids up to ${this.vocabSize - 1}, but the model's embedding has only ${embeddingRows} rows. ` +
        'The tokenizer belongs to another model: put the one that came with these weights into the folder.',
    );
  }

  /** What is put around every text. */
  private findFrame(): { start: number[]; end: number[] } {
    const bare = this.tokenizer.encode('a', { add_special_tokens: false }).ids;
    const whole = this.tokenizer.encode('a').ids;
    const at = whole.indexOf(bare[0]!);
    return at < 0 ? { start: [], end: [] } : { start: whole.slice(0, at), end: whole.slice(at + bare.length) };
  }

  private idOf(token: string | undefined): number | undefined {
    return token === undefined ? undefined : this.tokenizer.token_to_id(token);
  }

  private token(id: number): string {
    const token = this.tokenizer.id_to_token(id);
    if (token !== undefined) return token;
    throw new TextError(
      `The tokenizer in ${this.place} has no token with the id ${id}; ids go from 0 to ${this.vocabSize - 1}.`,
    );
  }

  private guarded<T>(milliseconds: number, work: () => T): T {
    try {
      return withTimeLimit(milliseconds, `The tokenizer in ${this.place}`, work);
    } catch (error) {
      if (error instanceof TextError) throw error;
      throw new TextError(
        `The tokenizer in ${this.place} failed: ${(error as Error).message}. Download the model again.`,
        {
          cause: error,
        },
      );
    }
  }
}

/**
 * The library keeps a list as long as the largest id, so a damaged id would cost gigabytes and minutes. Real vocabularies leave few ids
 * unused.
 */
function checkIds(json: Record<string, unknown>, place: string): void {
  const vocabulary = (json.model as { vocab?: unknown } | null | undefined)?.vocab;
  const added = Array.isArray(json.added_tokens) ? json.added_tokens.map((token) => token?.id) : [];
  const ids = Array.isArray(vocabulary) ? added : [...Object.values(vocabulary ?? {}), ...added];
  const limit = 10 * ids.length + 100_000;
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 0 && id <= limit) continue;
    throw new ModelFormatError(
      `The tokenizer in ${place} has the impossible token id ${JSON.stringify(id)}. Download the model again.`,
    );
  }
}

/** Special tokens are given as text, or as an object with their `content`. */
function specialTokens(config: Record<string, unknown>): Partial<Record<SpecialName, string>> {
  const found: Partial<Record<SpecialName, string>> = {};
  for (const name of specialNames) {
    const value = config[name] as string | { content?: unknown } | null | undefined;
    const content = typeof value === 'object' ? value?.content : value;
    if (typeof content === 'string') found[name] = content;
  }
  return found;
}

// How byte-level tokenizers split text before merging, by the names that GGUF gives it (`tokenizer.ggml.pre`) and as tokenizer.json says it.

export interface Split {
  /** Names in GGUF; the first is written. */
  names: readonly string[];
  normalizer: object | null;
  preTokenizer: object;
  /** Words that are a token of the vocabulary are taken whole, whatever the merges say. */
  ignoreMerges: boolean;
  /** Whether a start token is put before a text unless the file says otherwise. */
  startToken: boolean;
}

const byteLevel = (useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** Pieces that the pattern matches, then their bytes. */
const byPattern = (pattern: string) =>
  sequence({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }, byteLevel(false));

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const llama3 = byPattern(`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${rest}`);
const qwen2 = byPattern(`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${rest}`);
const tekken = byPattern(
  '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|' +
    '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|' +
    '\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
);

const plain = { normalizer: null, ignoreMerges: false, startToken: false };

export const splits: readonly Split[] = [
  { ...plain, names: ['gpt-2', 'olmo', 'phi-2', 'mpt'], preTokenizer: byteLevel(true) },
  {
    ...plain,
    names: ['smollm', 'starcoder', 'refact', 'command-r', 'codeshell'],
    preTokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
  },
  {
    ...plain,
    names: ['llama-bpe', 'llama3', 'llama-v3'],
    preTokenizer: llama3,
    ignoreMerges: true,
    startToken: true,
  },
  { ...plain, names: ['dbrx', 'smaug-bpe'], preTokenizer: llama3 },
  { ...plain, names: ['qwen2', 'stablelm2', 'deepseek-r1-qwen'], normalizer: { type: 'NFC' }, preTokenizer: qwen2 },
  { ...plain, names: ['tekken'], preTokenizer: tekken, ignoreMerges: true },
];

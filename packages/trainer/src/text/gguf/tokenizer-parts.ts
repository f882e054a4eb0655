// What the parts of a tokenizer from a GGUF file are made from, and what they are.

/** What a kind of tokenizer adds to what all have. */
export interface TokenizerParts {
  normalizer: object | null;
  preTokenizer: object | null;
  decoder: object;
  model: object;
  /** Whether a start token is put before a text unless the file says otherwise. */
  startToken: boolean;
}

export interface Vocabulary {
  tokens: readonly string[];
  kindOf(id: number): number;
}

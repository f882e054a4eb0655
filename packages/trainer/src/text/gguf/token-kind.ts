// What a token of a GGUF vocabulary is (`tokenizer.ggml.token_type`).

export const TokenKind = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

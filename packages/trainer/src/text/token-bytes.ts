// How many bytes of text a token stands for, exactly, also where it holds only a part of a character.

export type TokenAlphabet = 'byte-level' | 'metaspace' | 'plain';

/** The alphabet in which a tokenizer spells its tokens, by the decoders named in tokenizer.json. */
export function alphabetOf(decoder: unknown): TokenAlphabet {
  const text = JSON.stringify(decoder ?? null);
  if (text.includes('"ByteLevel"')) return 'byte-level';
  return text.includes('"Metaspace"') || text.includes('▁') ? 'metaspace' : 'plain';
}

/** UTF-8 bytes of an ordinary (not added) token. */
export function tokenBytes(token: string, alphabet: TokenAlphabet): number {
  // Byte-level vocabularies spell every byte as one character of the basic plane.
  if (alphabet === 'byte-level') return token.length;
  if (alphabet === 'metaspace')
    return /^<0x[0-9A-F]{2}>$/.test(token) ? 1 : Buffer.byteLength(token.replaceAll('▁', ' '));
  return Buffer.byteLength(token);
}

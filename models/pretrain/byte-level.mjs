// What a byte-level BPE tokenizer shares between training and encoding: the split into words, the alphabet, the merge loop.

/** GPT-2's split: contractions, letters, digits and other marks, each with the space before it (Radford et al. 2019). */
export const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export const SPECIAL_TOKENS = ['<|endoftext|>', '<|pad|>', '<|user|>', '<|assistant|>'];

/** Id of the token for byte 0; the 256 bytes follow the special tokens, the merges follow the bytes. */
export const FIRST_BYTE = SPECIAL_TOKENS.length;

/** The printable character that stands for each byte in vocabulary files: itself where printable, else from U+0100 on. */
export const BYTE_CHARACTERS = (() => {
  const printable = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();

export const pairKey = (left, right) => left * 65536 + right;

/** Encodes text with merges `Map(pairKey → id)`; a lower id was learnt earlier and goes first. Words are cached. */
export function makeEncoder(merges) {
  const cache = new Map();
  const encodeWord = (word) => {
    let ids = Array.from(Buffer.from(word), (byte) => byte + FIRST_BYTE);
    for (;;) {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < ids.length; i++) best = Math.min(best, merges.get(pairKey(ids[i], ids[i + 1])) ?? best);
      if (best === Number.POSITIVE_INFINITY) return ids;
      ids = mergePair(ids, (left, right) => merges.get(pairKey(left, right)) === best, best);
    }
  };
  return (text) => {
    const out = [];
    for (const [word] of text.matchAll(WORD)) {
      let ids = cache.get(word);
      if (!ids) cache.set(word, (ids = encodeWord(word)));
      for (const id of ids) out.push(id);
    }
    return out;
  };
}

/** Replaces, from left to right, each pair that `matches` by `id`. */
export function mergePair(ids, matches, id) {
  const out = [];
  for (let i = 0; i < ids.length; i++) {
    if (i + 1 < ids.length && matches(ids[i], ids[i + 1])) {
      out.push(id);
      i++;
    } else out.push(ids[i]);
  }
  return out;
}

/** Reads the merges of a tokenizer.json written by tokenizer.mjs. */
export function readMerges(tokenizerJson) {
  const { vocab, merges } = tokenizerJson.model;
  return new Map(merges.map(([left, right]) => [pairKey(vocab[left], vocab[right]), vocab[left + right]]));
}

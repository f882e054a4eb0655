// Trains a byte-level BPE vocabulary on train.jsonl and writes tokenizer.json and tokenizer_config.json.
//
//   node models/pretrain/tokenizer.mjs WORK_FOLDER MODEL_FOLDER
//
// Byte-pair encoding after Sennrich et al. (1508.07909), counted over distinct words, with the pair counts kept up to date
// merge by merge, so that 4,096 entries take seconds.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BYTE_CHARACTERS, FIRST_BYTE, mergePair, pairKey, SPECIAL_TOKENS, WORD } from './byte-level.mjs';
import { readDocuments } from './documents.mjs';

const VOCABULARY = 4096;
/** Words seen once teach nothing about frequent pairs and are half of all words. */
const MIN_COUNT = 2;

/** Each source's text counts at most this often, so that no one of them (WordNet's glosses) decides the vocabulary alone. */
const MAX_BYTES_PER_SOURCE = 4_000_000;

function countWords(documents) {
  const counts = new Map();
  const used = new Map();
  for (const { source, text } of documents) {
    const bytes = used.get(source) ?? 0;
    if (bytes > MAX_BYTES_PER_SOURCE) continue;
    used.set(source, bytes + text.length);
    for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= MIN_COUNT);
}

/** Learns merges; returns `[left, right]` ids in order of learning. */
function learnMerges(words) {
  const symbols = words.map(([word]) => Array.from(Buffer.from(word), (byte) => byte + FIRST_BYTE));
  const counts = new Map();
  const wordsWith = new Map();
  const add = (word, sign) => {
    const ids = symbols[word];
    for (let i = 0; i + 1 < ids.length; i++) {
      const key = pairKey(ids[i], ids[i + 1]);
      counts.set(key, (counts.get(key) ?? 0) + sign * words[word][1]);
      if (sign > 0) wordsWith.set(key, (wordsWith.get(key) ?? new Set()).add(word));
    }
  };
  for (let word = 0; word < words.length; word++) add(word, 1);

  const merges = [];
  for (let id = FIRST_BYTE + 256; id < VOCABULARY; id++) {
    const best = mostFrequent(counts);
    const [left, right] = [Math.floor(best / 65536), best % 65536];
    merges.push([left, right]);
    for (const word of wordsWith.get(best)) {
      add(word, -1);
      symbols[word] = mergePair(symbols[word], (a, b) => a === left && b === right, id);
      add(word, 1);
    }
    counts.delete(best);
    wordsWith.delete(best);
  }
  return merges;
}

/** The most frequent pair; of equals the one with the lowest ids, so that the result does not depend on insertion order. */
function mostFrequent(counts) {
  let best = -1;
  let bestCount = 0;
  for (const [key, count] of counts) {
    if (count > bestCount || (count === bestCount && key < best)) [best, bestCount] = [key, count];
  }
  return best;
}

function tokenizerJson(merges) {
  const names = [...SPECIAL_TOKENS, ...BYTE_CHARACTERS];
  const pairs = [];
  for (const [left, right] of merges) {
    pairs.push([names[left], names[right]]);
    names.push(names[left] + names[right]);
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges: pairs,
    },
  };
}

const CHAT_TEMPLATE =
  "{% for message in messages %}{% if message['role'] == 'assistant' %}<|assistant|>{{ message['content'] }}<|endoftext|>" +
  "{% else %}<|user|>{{ message['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

const tokenizerConfig = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  model_max_length: 512,
  eos_token: '<|endoftext|>',
  pad_token: '<|pad|>',
  clean_up_tokenization_spaces: false,
  chat_template: CHAT_TEMPLATE,
};

function main() {
  const [work, target] = process.argv.slice(2);
  if (!target) throw new Error('usage: node models/pretrain/tokenizer.mjs WORK_FOLDER MODEL_FOLDER');
  const words = countWords(readDocuments(join(work, 'train.jsonl')));
  const merges = learnMerges(words);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'tokenizer.json'), `${JSON.stringify(tokenizerJson(merges), null, 1)}\n`);
  writeFileSync(join(target, 'tokenizer_config.json'), `${JSON.stringify(tokenizerConfig, null, 2)}\n`);
  writeFileSync(join(target, 'chat_template.jinja'), CHAT_TEMPLATE);
  console.log(`${VOCABULARY} entries from ${words.length} distinct words`);
}

main();

// Reads WordNet's synsets into running text (a line a synset) and into short questions with their answers.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text) => (/[.!?]["')]?$/.test(text) ? text : `${text}.`);

// Lexicographer files that are mostly Latin names of species.
const TAXONOMY = new Set(['05', '20']);
const GROUP = 15;

/** Documents of 15 neighbouring synsets, with the questions made from the same synsets. */
export function* readWordNet(folder) {
  for (const part of ['adj', 'adv', 'noun', 'verb']) {
    const all = readSynsets(join(folder, `usr/share/wordnet/data.${part}`));
    const wordAt = new Map(all.map(({ offset, words }) => [offset, words[0]]));
    const synsets = all
      .filter(({ file }) => !TAXONOMY.has(file))
      .map((synset) => ({ ...synset, opposite: wordAt.get(synset.opposite), kind: wordAt.get(synset.kind) }));
    for (let i = 0; i < synsets.length; i += GROUP) {
      const group = synsets.slice(i, i + GROUP);
      const questions = group.map(question).filter(Boolean);
      yield { id: `${part}-${i}`, text: group.map(synsetLine).join('\n'), questions };
    }
  }
}

function readSynsets(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\d{8} /.test(line))
    .map(parseSynset);
}

/** A line is `offset file type count(hex) word sense … pointers(count, then symbol offset part source) … | gloss`. */
function parseSynset(line) {
  const [data, rest] = line.split(' | ');
  const fields = data.split(' ');
  const count = Number.parseInt(fields[3], 16);
  const words = [];
  for (let i = 0; i < count; i++) words.push(fields[4 + 2 * i].replace(/\(\w+\)$/, '').replaceAll('_', ' '));
  const pointer = (symbol) => {
    for (let i = 5 + 2 * count; i + 3 < fields.length; i += 4) if (fields[i] === symbol) return fields[i + 1];
  };
  const gloss = squeeze(rest);
  const examples = (gloss.match(/"[^"]+"/g) ?? []).map((quoted) => sentence(capitalised(quoted.slice(1, -1).trim())));
  const meaning = squeeze(gloss.replace(/"[^"]+"/g, '')).replace(/[;,:\s]+$/, '');
  return { offset: fields[0], file: fields[1], words, opposite: pointer('!'), kind: pointer('@'), meaning, examples };
}

function synsetLine({ words, meaning, examples, opposite }) {
  const parts = [sentence(`${words.join(', ')}: ${meaning}`), ...examples];
  if (opposite) parts.push(`Opposite: ${opposite}.`);
  return parts.join(' ');
}

/** About every third synset becomes one question; which, and of what form, is decided by a hash of the synset. */
function question({ offset, words, meaning, examples, opposite, kind }) {
  const hash = createHash('sha256').update(`${offset} ${words[0]}`).digest();
  if (hash[0] % 3 !== 0) return null;
  const [word, synonym] = words;
  const forms = [[`What does "${word}" mean?`, capitalised(sentence(meaning))]];
  forms.push([`Which word or words mean this: ${meaning}?`, word]);
  if (synonym) forms.push([`Give me another word for "${word}".`, synonym]);
  if (opposite) forms.push([`What is the opposite of "${word}"?`, opposite], [`Opposite of ${word}?`, opposite]);
  if (kind) forms.push([`What kind of thing is "${word}"? (${meaning})`, kind]);
  if (examples.length > 0) {
    forms.push([`Write a sentence with "${word}", meaning ${meaning}.`, examples[0]]);
    forms.push([`What does "${word}" mean here? ${examples[0]}`, capitalised(sentence(meaning))]);
  }
  return forms[hash[1] % forms.length];
}

// How far a rule on words alone gets on a {text, label} file: multinomial naive Bayes, 5-fold cross-validation.
//
//   node examples/keyword-rule.mjs examples/feedback/feedback.jsonl

import { readFileSync } from 'node:fs';

const FOLDS = 5;

function readRows(file) {
  const rows = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    try {
      const { text, label } = JSON.parse(line);
      if (text) rows.set(text, label);
    } catch {
      // The broken line that every example file has.
    }
  }
  return [...rows].map(([text, label]) => ({ words: text.toLowerCase().match(/[a-z']+|\d+/g) ?? [], label }));
}

const pairsToo = (words) => [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];

/** @returns a function from words to the likeliest label */
function train(rows) {
  const labels = new Map();
  const vocabulary = new Set();
  for (const { words, label } of rows) {
    const seen = labels.get(label) ?? { rows: 0, total: 0, counts: new Map() };
    labels.set(label, seen);
    seen.rows++;
    for (const word of words) {
      vocabulary.add(word);
      seen.total++;
      seen.counts.set(word, (seen.counts.get(word) ?? 0) + 1);
    }
  }
  const score = ({ rows: count, total, counts }, words) =>
    words.reduce(
      (sum, word) => sum + Math.log(((counts.get(word) ?? 0) + 0.5) / (total + 0.5 * vocabulary.size)),
      Math.log(count / rows.length),
    );
  return (words) => [...labels].map(([label, seen]) => [score(seen, words), label]).sort((a, b) => b[0] - a[0])[0][1];
}

function accuracy(rows) {
  let right = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const predict = train(rows.filter((_, i) => i % FOLDS !== fold));
    for (const [i, { words, label }] of rows.entries()) if (i % FOLDS === fold && predict(words) === label) right++;
  }
  return right / rows.length;
}

const rows = readRows(process.argv[2]);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
console.log(`${rows.length} different texts, ${new Set(rows.map(({ label }) => label)).size} labels`);
console.log(`naive Bayes on words:           ${percent(accuracy(rows))}`);
console.log(
  `naive Bayes on words and pairs: ${percent(accuracy(rows.map((row) => ({ ...row, words: pairsToo(row.words) }))))}`,
);

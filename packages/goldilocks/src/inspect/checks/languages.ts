// Which natural languages the rows are in, by two detectors that must agree: alone each errs too often on short texts.
import { detectAll, langName, toISO3 } from 'tinyld';
import { detectAll as detectLight } from 'tinyld/light';
import { type Finding, percent, problem } from '../problems.js';
import type { InspectedRow, Problem } from '../types.js';
import { sampleByContent } from './label-noise.js';

export interface LanguageFindings {
  /** ISO 639-1 codes with their share of the rows that could be told, most frequent first. */
  languages: { language: string; share: number }[];
  problems: Problem[];
}

const maxSample = 2000;
const maxCharacters = 500;
/** Shorter texts cannot be told. */
const minCharacters = 30;
/** A second language is worth a word from this share, and these rows, on. */
const worthSaying = { share: 0.02, rows: 3 };

export function findLanguages(rows: readonly InspectedRow[]): LanguageFindings {
  const byLanguage = new Map<string, number[]>();
  let told = 0;
  for (const index of sampleByContent(rows, maxSample)) {
    const language = languageOf(rows[index]!.text || rows[index]!.target);
    if (language === undefined) continue;
    told += 1;
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), index]);
  }
  const sorted = [...byLanguage].sort(([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1));
  const languages = sorted.map(([language, indexes]) => ({ language, share: indexes.length / told }));
  const others = sorted
    .slice(1)
    .filter(([, indexes]) => indexes.length >= worthSaying.rows && indexes.length >= worthSaying.share * told);
  if (others.length === 0) return { languages, problems: [] };
  const names = [sorted[0]!, ...others].map(([code, indexes]) => `${nameOf(code)} ${percent(indexes.length / told)}`);
  const places = others.flatMap(([, indexes]) => indexes).sort((a, b) => a - b);
  return {
    languages,
    problems: [
      problem(
        finding(names),
        places.map((index) => rows[index]!),
      ),
    ],
  };
}

/** ISO 639-1 code, or undefined where the text is too short or the detectors disagree. */
export function languageOf(text: string): string | undefined {
  const part = text.slice(0, maxCharacters);
  if (part.length < minCharacters) return undefined;
  const [first, second] = [detectAll(part)[0]?.lang, detectLight(part)[0]?.lang];
  return first === second ? first : undefined;
}

function finding(names: readonly string[]): Finding {
  return {
    kind: 'mixed-languages',
    severity: 'note',
    message: `The rows are in several languages: ${names.join(', ')}.`,
    advice: 'Fine if the model is to serve them all and knows them; else remove the rows named.',
  };
}

function nameOf(code: string): string {
  return langName(toISO3(code)) || code;
}

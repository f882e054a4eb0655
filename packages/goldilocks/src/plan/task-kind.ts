// Recognises the kind of task and how complicated the texts are: both only move priors.
import { deflateRawSync } from 'node:zlib';
import type { DataFacts } from './facts.js';

export type TaskKind = 'diagnosis' | 'classification' | 'translation' | 'generation' | 'conversation' | 'continuation';

export interface TaskKindGuess {
  kind: TaskKind;
  /** What it was recognised by. */
  because: string;
}

const findingLabel =
  /^(ab)?normal$|^(un)?healthy$|^(in)?valid$|^(non-?)?(sick|ill|fraud|defect|malignant|benign|pathological|anomal(y|ous)|faulty|infected|suspicious)$/i;
const medicalWord =
  /\b(patient|symptom|diagnos\w*|blood|pressure|fever|pain|mg|dose|clinic\w*|scan|lesion|chest|heart|lung|pulse|exam\w*|history of|treatment)\b/i;

function shareOf(texts: string[], pattern: RegExp): number {
  return texts.length === 0 ? 0 : texts.filter((text) => pattern.test(text)).length / texts.length;
}

function guessLabelTask(facts: DataFacts): TaskKindGuess {
  const labels = facts.labels ?? [];
  const finding = labels.find((label) => findingLabel.test(label.trim()));
  if (finding) return { kind: 'diagnosis', because: `the label «${finding}» reads like a finding` };
  const medical = shareOf(facts.samplePrompts ?? [], medicalWord);
  if (labels.length === 2 && medical >= 0.3) {
    return {
      kind: 'diagnosis',
      because: `two labels, and ${Math.round(medical * 100)} % of the texts use medical words`,
    };
  }
  return { kind: 'classification', because: `every answer is one of ${labels.length} labels` };
}

/** Guesses the kind of task from the labels, the words and the lengths. */
export function guessTaskKind(facts: DataFacts): TaskKindGuess {
  if (facts.task === 'classification') return guessLabelTask(facts);
  if (facts.task === 'text') return { kind: 'continuation', because: 'the examples are plain text' };
  if (facts.task === 'chat') return { kind: 'conversation', because: 'the examples are conversations' };
  const prompt = facts.tokensPerExample.median - facts.completionTokens.median;
  const ratio = facts.completionTokens.median / Math.max(1, prompt);
  if (ratio >= 0.5 && ratio <= 2 && facts.completionTokens.median >= 4) {
    return { kind: 'translation', because: `the answer is ${ratio.toFixed(1)} times as long as its prompt` };
  }
  return { kind: 'generation', because: 'every prompt has an answer of its own' };
}

/**
 * How complicated texts are: their size after compression over their size before, in (0, 1]. Text made from templates
 * compresses to a fifth, ordinary prose to about 0.4. Only the first 64 KB count, so that the figure compares between
 * data sets of any size. 0 for no text.
 */
export function complexityOf(texts: Iterable<string>): number {
  const limit = 64 * 1024;
  let text = '';
  for (const one of texts) {
    if (text.length >= limit) break;
    text += `${one}\n`;
  }
  const bytes = Buffer.from(text.slice(0, limit), 'utf8');
  return bytes.length === 0 ? 0 : Math.min(1, deflateRawSync(bytes, { level: 9 }).length / bytes.length);
}

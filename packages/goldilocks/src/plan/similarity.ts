// How close a task is to what the base model already knows, from measurements of the model on the task's text.

/** Measured with the base model, before any training. */
export interface SimilarityMeasurement {
  /** Bits per byte of the base model on the task's whole text (prompts and completions). */
  bitsPerByte: number;
  /** Bits per byte of the same model on its reference text: text like what it was pretrained on. */
  referenceBitsPerByte: number;
  /** Mean loss of a completion token given its prompt, in nats. */
  completionLoss: number;
  vocabSize: number;
  /** Mean tokens of a completion. */
  completionTokens: number;
}

export type SimilarityVerdict = 'close cousin' | 'relative' | 'distant relative' | 'new direction';

/** Where the task differs: in its texts, in what is to be answered, in both or in neither. */
export type Shift = 'none' | 'input' | 'output' | 'both';

export interface Similarity {
  verdict: SimilarityVerdict;
  shift: Shift;
  /** Bits per byte over the reference's: 1 = as familiar as the reference text. */
  textRatio: number;
  /** Loss of a completion token over that of a uniform guess, ln(vocabulary): 0 = known, 1 = no idea. */
  surprise: number;
  /** One sentence with the numbers. */
  sentence: string;
  source: string;
}

export const similarityVerdicts: SimilarityVerdict[] = [
  'close cousin',
  'relative',
  'distant relative',
  'new direction',
];

// Upper bounds of the first three verdicts. Priors: the papers rank tasks by these quantities, none gives a threshold.
const textBounds = [1.1, 1.4, 2];
const surpriseBounds = [0.2, 0.4, 0.65];

const level = (value: number, bounds: number[]) => bounds.filter((bound) => value > bound).length;

function shiftOf(textLevel: number, completionLevel: number): Shift {
  if (textLevel >= 2 && completionLevel >= 2) return 'both';
  if (textLevel >= 2) return 'input';
  if (completionLevel >= 2) return 'output';
  return 'none';
}

function sentenceOf(m: SimilarityMeasurement, verdict: SimilarityVerdict, ratio: number, surprise: number): string {
  return (
    `${verdict}: ${m.bitsPerByte.toFixed(2)} bits per byte on your text, ${ratio.toFixed(2)} times the ` +
    `${m.referenceBitsPerByte.toFixed(2)} of text it knows; the completions surprise it by ` +
    `${Math.round(surprise * 100)} % of a blind guess`
  );
}

/**
 * Verdict on how similar a task is to what the base model knows. The text's familiarity is its bits per byte over the
 * reference's (the best cheap signal in 2506.14681; of one tokenizer, so that the figures compare, 2404.18071); the
 * completions' is their loss over that of a uniform guess. The stranger of the two decides, but answers of a few
 * tokens weigh one step less: a strange format is learnt in a handful of steps.
 * @throws RangeError where a measurement is not positive and finite.
 */
export function judgeSimilarity(m: SimilarityMeasurement): Similarity {
  for (const [name, value] of Object.entries(m)) {
    if (!Number.isFinite(value) || value <= 0) {
      throw new RangeError(`Similarity needs ${name} to be a positive number, but got ${value}.`);
    }
  }
  const textRatio = m.bitsPerByte / m.referenceBitsPerByte;
  const surprise = m.completionLoss / Math.log(m.vocabSize);
  const textLevel = level(textRatio, textBounds);
  const completionLevel = level(surprise, surpriseBounds);
  const formatOnly = m.completionTokens <= 8 ? 1 : 0;
  const verdict = similarityVerdicts[Math.max(textLevel, completionLevel - formatOnly, 0)]!;
  return {
    verdict,
    shift: shiftOf(textLevel, completionLevel),
    textRatio,
    surprise,
    sentence: sentenceOf(m, verdict, textRatio, surprise),
    source: 'bits per byte against a reference text: 2506.14681',
  };
}

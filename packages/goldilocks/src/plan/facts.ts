// What the plan must know of the data, as counted by inspect and the tokenizer.

export interface LengthStats {
  mean: number;
  median: number;
  p95: number;
  max: number;
}

export interface DataFacts {
  /** Training examples. */
  rows: number;
  validationRows?: number;
  /** One of few labels · an answer of its own · plain text to continue · conversations. The first three as inspect names them. */
  task: 'classification' | 'generation' | 'text' | 'chat';
  labels?: string[];
  /** Tokens of a whole example, and of its completion (for `text` the same). */
  tokensPerExample: LengthStats;
  completionTokens: LengthStats;
  /** Share of examples whose length or content is far from the rest, in [0, 1]. */
  outlierShare?: number;
  /** Estimated share of wrong labels, from contradictions or confident learning, in [0, 1]. */
  noiseShare?: number;
  /** From `complexityOf`: compressed over plain size of the text. */
  complexity?: number;
  /** Some of the prompts (a few hundred), to recognise the kind of task. */
  samplePrompts?: string[];
}

// What inspect takes and gives: the options, the rows, the problems found and the statistics the plan builds on.

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** As the training engine takes it. */
export type Example = { prompt: string; completion: string } | { messages: ChatMessage[] };

export type DataFormat = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet';

/** How a row says what to learn. `other` is a guess from the values, as no column name was known. */
export type DataShape = 'text' | 'prompt-completion' | 'alpaca' | 'chat' | 'sharegpt' | 'text-label' | 'other';

export type TaskKind = 'classification' | 'generation' | 'text';

export type SplitName = 'train' | 'validation' | 'test';

export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** Names of columns; each overrides the guess. Names are matched exactly, then ignoring case. */
export interface ColumnOptions {
  /** Plain text to continue. With a label column: the text to be labelled. */
  textColumn?: string;
  promptColumn?: string;
  completionColumn?: string;
  labelColumn?: string;
  /** Several label columns, joined in this order into one label: `topic, sentiment`. */
  labelColumns?: readonly string[];
  /** Column that names the split of its row (train, validation, test). */
  splitColumn?: string;
}

export interface InspectOptions extends ColumnOptions {
  /** Overrides the guess of the task. */
  task?: TaskKind;
  /** Leave unreadable rows out instead of refusing the file. Default false. */
  skipBadRows?: boolean;
  /** Share of the rows for validation, in (0, 1). Default 0.15. */
  validationShare?: number;
  /** Share of the rows for test, in (0, 1). Default 0.15. */
  testShare?: number;
  /** Split anew although the data come with splits. Default false. */
  ignoreGivenSplits?: boolean;
  /** Tokens in a text, by the base model's tokenizer; without it lengths are in characters only. */
  countTokens?: (text: string) => number;
  /** Longest example the training will take, in tokens; needs `countTokens`. */
  maxLength?: number;
}

export interface InspectedRow {
  /** Name of the file, as in the data folder. */
  file: string;
  /** Line the row starts at in a text file, row number in Parquet; both count from 1. */
  line: number;
  example: Example;
  /** Classification only: as in the data, without surrounding white space. */
  label?: string;
  /** SHA-256 of the normalised input and target, hexadecimal. Equal for exact duplicates. */
  hash: string;
  /** What the model is given: the input of a pair, the whole of a plain text, all turns but the last answer of a chat. */
  text: string;
  /** What it is to answer; empty for plain text. */
  target: string;
  /** The split the data came with. */
  givenSplit?: SplitName;
}

export type ProblemKind =
  | 'unreadable-rows'
  | 'empty-fields'
  | 'exact-duplicates'
  | 'near-duplicates'
  | 'contradictory-labels'
  | 'ambiguous-prompts'
  | 'leakage'
  | 'class-imbalance'
  | 'rare-labels'
  | 'many-labels'
  | 'too-long'
  | 'outliers'
  | 'label-noise'
  | 'mixed-languages'
  | 'personal-data'
  | 'small-data';

export interface Problem {
  kind: ProblemKind;
  /** error: rows were lost or results would mislead; warning: quality suffers; note: good to know. */
  severity: 'error' | 'warning' | 'note';
  /** The first rows concerned, at most 100, as line numbers. */
  lines: number[];
  /** The same rows as `file:line`. */
  places: string[];
  /** How many rows it concerns in all. */
  count: number;
  message: string;
  advice: string;
}

export interface LengthSummary {
  median: number;
  percentile95: number;
  max: number;
}

export interface TokenStatistics extends LengthSummary {
  total: number;
  /** Only with `maxLength`. */
  maxLength?: number;
  rowsCut: number;
  tokensCut: number;
}

export interface LabelNoiseEstimate {
  /** Estimated share of wrong labels, 0 to 1. An estimate by cheap classifiers, not a count. */
  share: number;
  /** The same if every row that looks wrong were wrong, hard ones too. */
  atMost: number;
  /** Indexes of the rows suspected, most suspicious first. */
  suspects: number[];
  /** How many rows the estimate rests on. */
  sampled: number;
}

export interface Baselines {
  /** Which rows were scored. */
  split: 'validation' | 'test';
  rows: number;
  /** Always the most frequent training label. */
  majority: { label: string; accuracy: number };
  /** A list of "if the text has this word, then that label" learnt from the training rows. */
  keywordRule: { accuracy: number; macroF1: number };
  /** Multinomial naive Bayes over words. */
  naiveBayes: { accuracy: number; macroF1: number };
}

/** Shares are of all rows read, 0 to 1. */
export interface Statistics {
  rows: number;
  unreadableRows: number;
  emptyRows: number;
  exactDuplicateShare: number;
  nearDuplicateShare: number;
  contradictionShare: number;
  outlierShare: number;
  /** Absent when the task has no labels or too few rows to tell. */
  labelNoise?: LabelNoiseEstimate;
  labels?: { label: string; count: number }[];
  /** Entropy of the labels over that of equally frequent labels, 0 to 1: 1 is balanced. */
  labelBalance?: number;
  inputCharacters: LengthSummary;
  targetCharacters: LengthSummary;
  tokens?: TokenStatistics;
  /** Different words among all inputs and targets. */
  vocabulary: number;
  /** Words in the average input. */
  meanWords: number;
  /** Different targets over rows, 0 to 1: near 0 for labels, near 1 for free text. */
  distinctTargetShare: number;
  /** ISO 639-1 codes with the share of the rows sampled, most frequent first. Rows too short to tell are not counted. */
  languages: { language: string; share: number }[];
  /** Label tasks only. */
  baselines?: Baselines;
}

export interface InspectedData {
  /** The path given. */
  source: string;
  /** Files read, in order. */
  files: string[];
  format: DataFormat;
  shape: DataShape;
  /** In words: which columns were taken for what, and why. */
  guess: string;
  /** The columns taken. */
  columns: { input: string[]; target: string[]; split?: string };
  task: TaskKind;
  rows: InspectedRow[];
  /** Classification only: every label, by falling count, then by name. */
  labels?: string[];
  /** Indexes into `rows`, ascending; every row is in exactly one. */
  splits: Record<SplitName, number[]>;
  /** How the splits came about, in words. */
  splitNote: string;
  problems: Problem[];
  statistics: Statistics;
  /** SHA-256 over the normalised rows in order, hexadecimal. */
  dataHash: string;
}

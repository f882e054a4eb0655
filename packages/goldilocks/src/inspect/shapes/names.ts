// Column names in use, by what they mean; earlier names win. Data, not code.

export const columnNames = {
  text: [
    'text',
    'content',
    'document',
    'sentence',
    'review',
    'tweet',
    'message',
    'utterance',
    'note',
    'comment',
    'feedback',
    'body',
    'post',
    'passage',
    'article',
    'description',
    'abstract',
    'statement',
    'email',
    'ticket',
    'headline',
    'title',
    'story',
    'dialogue',
  ],
  prompt: [
    'prompt',
    'question',
    'query',
    'instruction',
    'request',
    'input',
    'inputs',
    'source',
    'src',
    'problem',
    'user',
    'context',
  ],
  completion: [
    'completion',
    'response',
    'answer',
    'output',
    'outputs',
    'reply',
    'assistant',
    'solution',
    'target',
    'targets',
    'tgt',
    'summary',
    'highlights',
    'translation',
    'rewrite',
    'rewritten',
    'chosen',
  ],
  /** One of these alone is the label. */
  label: [
    'label_text',
    'label_name',
    'label',
    'labels',
    'class',
    'category',
    'categories',
    'intent',
    'tag',
    'tags',
    'y',
  ],
  /** Of these there may be several; together they are the label. */
  aspect: [
    'topic',
    'sentiment',
    'emotion',
    'mood',
    'polarity',
    'stance',
    'diagnosis',
    'finding',
    'verdict',
    'result',
    'outcome',
    'priority',
    'severity',
    'urgency',
    'status',
    'rating',
    'stars',
    'department',
    'genre',
    'subject',
    'type',
    'kind',
  ],
  messages: ['messages', 'conversations', 'conversation', 'dialog', 'dialogue', 'chat'],
  split: ['split', 'subset', 'partition', 'set', 'fold'],
} as const satisfies Record<string, readonly string[]>;

export type ColumnRole = keyof typeof columnNames;

/** Columns that make one input together. */
export const inputPairs: readonly (readonly [string, string])[] = [
  ['premise', 'hypothesis'],
  ['sentence1', 'sentence2'],
  ['question1', 'question2'],
  ['text1', 'text2'],
  ['title', 'text'],
  ['title', 'body'],
  ['title', 'content'],
  ['context', 'question'],
  ['passage', 'question'],
];

/** `Label-Text ` and `label_text` are the same name. */
export function plainName(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

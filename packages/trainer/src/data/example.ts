// What the engine learns from: examples as text, and the same as token ids with the positions that count.

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One example as text. `prompt` may be empty (plain text to continue). */
export type Example =
  | { prompt: string; completion: string }
  /** Every assistant turn is a completion; the other turns are prompt. */
  | { messages: ChatMessage[] };

/** One example as tokens. For an encoder its last id is no token but its class, the only one that is supervised. */
export interface TokenizedExample {
  /** Token ids, [length]. */
  ids: Int32Array;
  /** 1 where the token is to be predicted (part of the loss), else 0; [length]. Position 0 is never supervised. */
  supervised: Uint8Array;
  /** UTF-8 bytes of the supervised text, for bits per byte. */
  supervisedBytes: number;
  /** How many tokens were cut to fit the maximal length. */
  truncatedTokens: number;
}

/** What comes before an example's (last) answer. */
export function promptOf(example: Example): string | ChatMessage[] {
  if (!('messages' in example)) return example.prompt;
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant');
  return example.messages.slice(0, last < 0 ? example.messages.length : last);
}

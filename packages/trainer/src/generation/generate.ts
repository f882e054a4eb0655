// Lets a model answer prompts.
import type { ChatMessage } from '../data/example.js';
import { tokenizePrompt } from '../data/tokenize.js';
import type { Model } from '../models/model.js';
import { type GenerateTokensOptions, generateTokens } from './generate-tokens.js';

export interface GenerateOptions extends Omit<GenerateTokensOptions, 'onToken'> {
  template?: 'plain' | 'chat';
  /** Called with each new piece of text and the number of its prompt. */
  onToken?: (piece: string, prompt: number) => void;
}

/**
 * Continues each prompt until the model ends or `maxTokens` are reached. Prompts too long for the model are cut from the left.
 * @param prompts texts, or conversations so far
 * @returns the new text, a prompt each
 */
export async function generate(
  model: Model,
  prompts: readonly (string | readonly ChatMessage[])[],
  { template = 'plain', onToken, ...options }: GenerateOptions,
): Promise<string[]> {
  const { tokenizer, config } = model.base;
  const maxLength = Math.max(1, config.maxPositions - options.maxTokens);
  const ids = prompts.map((prompt) => tokenizePrompt(prompt, tokenizer, { maxLength, template }));
  const empty = ids.findIndex((each) => each.length === 0);
  if (empty >= 0) throw new RangeError(`Prompt ${empty + 1} is empty: give the model at least a word to start from.`);
  const pieces = prompts.map(() => new PieceReader((tokens) => tokenizer.decode(tokens)));
  const answers = await generateTokens(model, ids, {
    ...options,
    onToken: onToken && ((prompt, token) => onToken(pieces[prompt]!.next(token), prompt)),
  });
  return answers.map((tokens) => tokenizer.decode(tokens));
}

/** Text that each further token adds; '' while a character is not complete. */
class PieceReader {
  private readonly tokens: number[] = [];
  private shown = 0;

  constructor(private readonly decode: (tokens: readonly number[]) => string) {}

  next(token: number): string {
    this.tokens.push(token);
    const text = this.decode(this.tokens);
    if (text.endsWith('\u{FFFD}')) return '';
    const piece = text.slice(this.shown);
    this.shown = text.length;
    return piece;
  }
}

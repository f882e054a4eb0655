// Turns examples into token ids, with marks on the tokens that the loss counts.
import { DataError, TextError } from '../errors.js';
import type { TextTokenizer } from '../text/tokenizer.js';
import type { ChatMessage, Example, TokenizedExample } from './example.js';

export interface TokenizeOptions {
  /** Most tokens an example keeps: its prompt is cut from the left, then its completion from the right. */
  maxLength: number;
  /** Which tokens the loss counts. */
  lossOn: 'completion' | 'all';
  /** `chat` lays examples out by the model's chat template, `plain` joins their texts. */
  template: 'plain' | 'chat';
  /** Names the example in errors, such as `row 12`. */
  name?: string;
}

/** An example none of whose tokens would count: nothing could be learnt from it, and its mean loss is not a number. */
export class NothingToLearnError extends DataError {
  override name = 'NothingToLearnError';
}

/** Token ids with the parts that were written by the one to be imitated. */
interface Marked {
  ids: number[];
  /** 1 where a token belongs to a completion. */
  completion: Uint8Array;
}

/**
 * Prompt and completion are tokenized separately, as they are when the model is used; the end token follows the completion and counts.
 * @throws NothingToLearnError where no token is left to predict, TextError where tokenizer or template fail
 */
export function tokenizeExample(
  example: Example,
  tokenizer: TextTokenizer,
  options: TokenizeOptions,
): TokenizedExample {
  const marked = markTokens(example, tokenizer, options.template);
  const whole = options.lossOn === 'all' ? marked : upToLastCompletion(marked);
  const { ids, completion } = fitLength(whole, tokenizer, options.maxLength);
  const supervised = options.lossOn === 'all' ? new Uint8Array(ids.length).fill(1) : completion;
  supervised[0] = 0;
  const length = supervised.lastIndexOf(1) + 1;
  if (length === 0) throw nothingToLearn(example, options);
  return {
    ids: Int32Array.from(ids.slice(0, length)),
    supervised: supervised.slice(0, length),
    supervisedBytes: tokenizer.byteLength(ids.filter((_, i) => supervised[i])),
    truncatedTokens: whole.ids.length - ids.length,
  };
}

/** What follows the last token that counts has no influence. */
function upToLastCompletion({ ids, completion }: Marked): Marked {
  const length = completion.lastIndexOf(1) + 1;
  return { ids: ids.slice(0, length), completion: completion.slice(0, length) };
}

function markTokens(example: Example, tokenizer: TextTokenizer, template: 'plain' | 'chat'): Marked {
  if ('messages' in example) {
    return template === 'chat' ? markChat(example.messages, tokenizer) : markPlain(turns(example.messages), tokenizer);
  }
  // Without a prompt it is a text to continue, not a conversation.
  if (template === 'plain' || example.prompt === '') {
    return markPlain(
      [
        { text: example.prompt, isCompletion: false },
        { text: example.completion, isCompletion: true },
      ],
      tokenizer,
    );
  }
  const messages: ChatMessage[] = [
    { role: 'user', content: example.prompt },
    { role: 'assistant', content: example.completion },
  ];
  return markChat(messages, tokenizer);
}

/**
 * The ids that come before an answer: what `tokenizeExample` would put before a completion of this prompt. Cut from the left to `maxLength`.
 * @param prompt a text, or the turns of a conversation so far
 */
export function tokenizePrompt(
  prompt: string | readonly ChatMessage[],
  tokenizer: TextTokenizer,
  { maxLength, template }: Pick<TokenizeOptions, 'maxLength' | 'template'>,
): Int32Array {
  const whole = template === 'chat' ? markChatPrompt(prompt, tokenizer) : markPlainPrompt(prompt, tokenizer);
  return Int32Array.from(fitLength(whole, tokenizer, maxLength).ids);
}

function markPlainPrompt(prompt: string | readonly ChatMessage[], tokenizer: TextTokenizer): Marked {
  const parts = typeof prompt === 'string' ? [{ text: prompt, isCompletion: false }] : turns(prompt);
  return markPlain(parts, tokenizer);
}

function markChatPrompt(prompt: string | readonly ChatMessage[], tokenizer: TextTokenizer): Marked {
  const messages = typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : prompt;
  const ids = tokenizer.encode(renderChat(messages, tokenizer, true), { addSpecialTokens: false });
  return { ids, completion: new Uint8Array(ids.length) };
}

interface Part {
  text: string;
  isCompletion: boolean;
}

/** Without a template a line end parts what is said to the model from its answer. */
function turns(messages: readonly ChatMessage[]): Part[] {
  return messages.map(({ role, content }) =>
    role === 'assistant' ? { text: content, isCompletion: true } : { text: `${content}\n`, isCompletion: false },
  );
}

function markPlain(parts: readonly Part[], tokenizer: TextTokenizer): Marked {
  const ids: number[] = [];
  const marks: number[] = [];
  const append = (more: readonly number[], mark: number) => {
    for (const id of more) {
      ids.push(id);
      marks.push(mark);
    }
  };
  append(tokenizer.startTokenIds, 0);
  for (const { text, isCompletion } of parts) {
    append(tokenizer.encode(text, { addSpecialTokens: false }), isCompletion ? 1 : 0);
    if (isCompletion && tokenizer.eosTokenId !== undefined) append([tokenizer.eosTokenId], 1);
  }
  return { ids, completion: Uint8Array.from(marks) };
}

/** Each assistant turn is what the template adds to the conversation before it (with the start of the answer) up to its end token. */
function markChat(messages: readonly ChatMessage[], tokenizer: TextTokenizer): Marked {
  const layOut = (count: number, addGenerationPrompt: boolean) =>
    renderChat(messages.slice(0, count), tokenizer, addGenerationPrompt);
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  const text = layOut(messages.length, false);
  const ids = encode(text);
  const completion: number[] = new Array(ids.length).fill(0);
  messages.forEach(({ role }, turn) => {
    if (role !== 'assistant') return;
    const before = layOut(turn, true);
    if (!text.startsWith(before)) throw changesEarlierTurns(tokenizer.place);
    const isLast = turn + 1 === messages.length;
    const start = commonPrefix(ids, encode(before));
    const end = isLast ? ids.length : commonPrefix(ids, encode(layOut(turn + 1, false)));
    const stop = afterEndToken(ids, start, end, tokenizer);
    completion.fill(1, start, stop ?? end);
    if (isLast && stop === undefined && tokenizer.eosTokenId !== undefined) {
      ids.push(tokenizer.eosTokenId);
      completion.push(1);
    }
  });
  return { ids, completion: Uint8Array.from(completion) };
}

function renderChat(messages: readonly ChatMessage[], tokenizer: TextTokenizer, addGenerationPrompt: boolean): string {
  if (!tokenizer.chatTemplate) {
    throw new TextError(
      `The model in ${tokenizer.place} has no chat template. Train it on plain text, or add a chat_template.jinja.`,
    );
  }
  if (messages.length === 0) return '';
  return tokenizer.chatTemplate.render(messages, { addGenerationPrompt });
}

/**
 * The place after the turn's last control token, its end. What the template puts behind it, such as a line end, is not for the model to
 * say. Undefined where the template ends a turn without one.
 */
function afterEndToken(
  ids: readonly number[],
  start: number,
  end: number,
  tokenizer: TextTokenizer,
): number | undefined {
  for (let i = end; i > start; i--) if (tokenizer.isSpecial(ids[i - 1]!)) return i;
  return undefined;
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Cuts the prompt from the left (keeping the start token, and one token to predict from), then the end from the right. */
function fitLength({ ids, completion }: Marked, tokenizer: TextTokenizer, maxLength: number): Marked {
  const excess = ids.length - maxLength;
  if (excess <= 0) return { ids, completion };
  const start = tokenizer.startTokenIds;
  const kept = start.every((id, i) => ids[i] === id) ? start.length : 0;
  const firstCompletion = completion.indexOf(1);
  const prompt = firstCompletion < 0 ? ids.length : firstCompletion;
  const cut = Math.max(0, Math.min(excess, prompt - Math.max(kept, 1)));
  const places = Array.from(ids.keys())
    .filter((i) => i < kept || i >= kept + cut)
    .slice(0, maxLength);
  return { ids: places.map((i) => ids[i]!), completion: Uint8Array.from(places, (i) => completion[i]!) };
}

const changesEarlierTurns = (folder: string) =>
  new TextError(
    `The chat template in ${folder} changes earlier turns when later ones follow, so the answers cannot be told apart in its text. ` +
      'Train on plain text, or give one answer per example.',
  );

function nothingToLearn(example: Example, { name, lossOn, maxLength }: TokenizeOptions): NothingToLearnError {
  const text = 'messages' in example ? JSON.stringify(example.messages) : example.prompt + example.completion;
  const start = JSON.stringify(text.slice(0, 60));
  return new NothingToLearnError(
    `${name ?? 'The example'} that starts with ${start} has no token to learn from (loss on ${lossOn}, at most ${maxLength} tokens). ` +
      'Give it a completion, or an assistant turn, or leave it out.',
  );
}

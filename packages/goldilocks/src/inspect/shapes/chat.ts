// Conversations in the two spellings in use, {role, content} and ShareGPT's {from, value}, brought into one.
import { field, isFields } from '../reading/record.js';
import type { ChatMessage } from '../types.js';

const roles = new Map<string, ChatMessage['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['prompter', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
]);

/** Messages, or in words why there are none. Text cells may hold the list as JSON. */
export function messagesOf(value: unknown): ChatMessage[] | string {
  const list = typeof value === 'string' ? parseList(value) : value;
  if (!Array.isArray(list)) return 'no list of messages';
  const messages: ChatMessage[] = [];
  for (const [index, item] of list.entries()) {
    const message = messageOf(item);
    if (typeof message === 'string') return `message ${index + 1} ${message}`;
    messages.push(message);
  }
  if (messages.length === 0) return 'no messages';
  if (!messages.some((message) => message.role === 'assistant' && message.content.trim() !== '')) {
    return 'no answer of an assistant to learn from';
  }
  return messages;
}

/** Whether a value looks like a conversation; used to recognise the column. */
export function looksLikeMessages(value: unknown): boolean {
  const list = typeof value === 'string' ? parseList(value) : value;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return isFields(first) && (field(first, 'role') ?? field(first, 'from')) !== undefined;
}

function messageOf(item: unknown): ChatMessage | string {
  if (!isFields(item)) return 'is not an object';
  const name = field(item, 'role') ?? field(item, 'from');
  const role = typeof name === 'string' ? roles.get(name.toLowerCase()) : undefined;
  if (role === undefined) return 'has no role I know (system, user, assistant)';
  const content = contentOf(field(item, 'content') ?? field(item, 'value'));
  return content === undefined ? 'has no text' : { role, content };
}

/** Text, or the text parts of content given in parts. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts = content.map((part) => (isFields(part) ? field(part, 'text') : part));
  return parts.every((part) => typeof part === 'string') ? parts.join('\n') : undefined;
}

function parseList(text: string): unknown {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

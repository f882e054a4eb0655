// A conversation with a model, the base model beside it if wanted.
import type { ChatMessage } from '@goldilocks/trainer';
import { openModel } from '../journey/prepare.js';
import type { Template, TrialEngine, TrialProcess } from '../workers/operations.js';
import { baseOf, modelFolder, originOf, tokenizerFolder } from './tuned-model.js';
import { withWorkplace } from './workplace.js';

export interface ChatOptions {
  model: string;
  /** The base model beside it: true for the one that the folder names. */
  base?: string | true;
  /** Default: as in training, where the folder says so; else `chat` for models tuned to chat. */
  template?: Template;
  /** Most tokens of an answer; default 128. */
  maxTokens?: number;
  /** 0 (the default) takes the likeliest token each time. */
  temperature?: number;
  topP?: number;
  seed?: number;
  engine?: TrialEngine;
  signal?: AbortSignal;
  /** Told how far a download is. */
  tell?(text: string): void;
}

export interface Answer {
  model: 'tuned' | 'base';
  text: string;
}

/** What may differ from message to message. */
export interface SayOptions extends Pick<ChatOptions, 'maxTokens' | 'temperature' | 'topP' | 'seed' | 'signal'> {
  /** Who answers; default: all there are. */
  models?: readonly Answer['model'][];
}

export interface ChatSession {
  /** Answers a message. `onPiece` is told the text as it comes. Base and tuned see the same prompt, seed and settings. */
  say(
    message: string,
    onPiece?: (model: Answer['model'], piece: string) => void,
    options?: SayOptions,
  ): Promise<Answer[]>;
  /** Forgets what was said. */
  restart(): void;
}

interface Speaker {
  model: Answer['model'];
  directory: string;
  history: ChatMessage[];
}

/** Runs `work` with a conversation that is open as long as it takes. Throws UserError where a model cannot be used. */
export async function withChat<Result>(
  options: ChatOptions,
  work: (session: ChatSession) => Promise<Result>,
): Promise<Result> {
  const directory = await modelFolder(options.model, options);
  const base =
    options.base === undefined ? undefined : await baseOf(directory, options.base === true ? undefined : options.base);
  const { engine, signal } = options;
  return withWorkplace({ purpose: 'the chat', near: '.', engine, signal }, async ({ process }) => {
    const { hasChatTemplate, name } = await openModel(process, { model: await tokenizerFolder(directory) });
    const known = options.template ?? (await originOf(directory)).template;
    const template = known ?? (hasChatTemplate && /instruct|chat/i.test(name) ? 'chat' : 'plain');
    const speakers: Speaker[] = [{ model: 'tuned', directory, history: [] }];
    if (base !== undefined) speakers.push({ model: 'base', directory: base, history: [] });
    return work(sessionOf(process, speakers, { ...options, template }));
  });
}

function sessionOf(
  process: TrialProcess,
  speakers: Speaker[],
  options: ChatOptions & { template: Template },
): ChatSession {
  return {
    async say(message, onPiece, { models, ...own } = {}) {
      const answers: Answer[] = [];
      for (const speaker of speakers.filter(({ model }) => models?.includes(model) ?? true)) {
        const told = (piece: string) => onPiece?.(speaker.model, piece);
        const text = await answer(process, speaker, message, { ...options, ...own }, told);
        answers.push({ model: speaker.model, text });
      }
      return answers;
    },
    restart() {
      for (const speaker of speakers) speaker.history = [];
    },
  };
}

async function answer(
  process: TrialProcess,
  speaker: Speaker,
  message: string,
  options: ChatOptions & { template: Template },
  onPiece: (piece: string) => void,
): Promise<string> {
  const { template, maxTokens = 128, temperature = 0, topP, seed = 0, signal } = options;
  const asked: ChatMessage = { role: 'user', content: message };
  // Without a template each message stands alone, and a line end parts it from the answer, as in training.
  const prompt =
    template === 'chat' ? { messages: [...speaker.history, asked] } : { prompt: `${message}\n`, completion: '' };
  const input = { model: { kind: 'directory' as const, directory: speaker.directory }, prompts: [prompt], template };
  const [text = ''] = await process.run(
    'generate',
    { ...input, maxTokens, temperature, topP, seed },
    { signal, onEvent: ({ text }) => onPiece(text) },
  );
  if (template === 'chat') speaker.history.push(asked, { role: 'assistant', content: text });
  return text;
}

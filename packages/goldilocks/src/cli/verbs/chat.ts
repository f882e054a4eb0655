// `goldilocks chat MODEL`: talk to a model, the base model beside it.
import { createInterface } from 'node:readline/promises';
import { stripControl } from '../../terminal/strip-control.js';
import type { Answer, ChatOptions, ChatSession } from '../../use/chat-session.js';
import type { Session } from '../session.js';
import { choice, count, number } from '../values.js';
import { verb } from '../verb.js';

interface Flags extends Omit<ChatOptions, 'model' | 'engine' | 'signal'> {
  prompt?: string;
}

interface Turn {
  prompt: string;
  answers: Answer[];
}

export const chat = verb<Flags>({
  name: 'chat',
  summary: 'talks to a model, the base model beside it',
  examples: [
    ['goldilocks chat goldilocks-result --base', 'asks both; an empty line or Ctrl-D ends'],
    ['goldilocks chat goldilocks-result --prompt "The parcel never came."', 'one answer'],
  ],
  define(command) {
    const likely = number('a number above 0 and up to 1, such as 0.9', (value) => value > 0 && value <= 1);
    command
      .argument('<model>', "a result's folder, a Hugging Face folder, an adapter's, or a shipped model")
      .option('--base [model]', 'answer with the base model too (default: the one the folder names)')
      .option('--prompt <text>', 'answer this and end; without it, each line of standard input is a prompt')
      .option('--template <template>', 'plain or chat (default: as in training)', choice(['plain', 'chat']))
      .option('--max-tokens <count>', 'longest answer (default: 128)', count(1, '128'))
      .option(
        '--temperature <value>',
        '0 always takes the likeliest word (default: 0)',
        number('a number from 0, such as 0.8', (value) => value >= 0),
      )
      .option('--top-p <share>', 'draws from the likeliest words that make up this share', likely)
      .option('--seed <seed>', 'of the draws (default: 0)', count(0, '1'));
  },
  async run([model], { prompt, ...options }, session) {
    const { withChat } = await import('../../use/chat-session.js');
    const turns: Turn[] = [];
    const note = await withChat(
      { ...options, model: model!, signal: session.signal, tell: session.note },
      async (talk) => {
        for await (const line of prompts(prompt, session)) turns.push(await answer(talk, line, session));
        return turns.length === 0 ? 'Nothing was asked.' : '';
      },
    );
    return { json: { turns }, text: note };
  },
});

/** The prompt given, or lines as they are typed or piped, until an empty one. */
async function* prompts(prompt: string | undefined, { signal, interactive }: Session): AsyncGenerator<string> {
  if (prompt !== undefined) {
    yield prompt;
    return;
  }
  const reader = createInterface({ input: process.stdin, output: interactive ? process.stderr : undefined });
  signal.addEventListener('abort', () => reader.close(), { once: true });
  reader.on('SIGINT', () => reader.close());
  try {
    reader.setPrompt('> ');
    if (interactive) reader.prompt();
    for await (const line of reader) {
      if (line.trim() === '') return;
      yield line;
      if (interactive) reader.prompt();
    }
  } finally {
    reader.close();
  }
}

/** Shows answers as they come; a model's text is stripped of control characters like everything from data. */
async function answer(talk: ChatSession, prompt: string, { onAnswer }: Session): Promise<Turn> {
  const shown = new Set<string>();
  const answers = await talk.say(prompt, (model, piece) => {
    if (!shown.has(model)) onAnswer(`${shown.size === 0 ? '' : '\n'}${model}: `);
    shown.add(model);
    onAnswer(stripControl(piece));
  });
  for (const { model } of answers.filter(({ model }) => !shown.has(model))) onAnswer(`${model}: (nothing)`);
  onAnswer('\n');
  return { prompt, answers };
}

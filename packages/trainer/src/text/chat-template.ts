// Lays a conversation out as the text that a model was trained on, by the Jinja template that comes with the model.
import { join } from 'node:path';
import { Environment, Interpreter, Template } from '@huggingface/jinja';
import type { ChatMessage } from '../data/example.js';
import { TextError } from '../errors.js';
import { readTextFile } from './json-file.js';
import { withTimeLimit } from './time-limit.js';

const maxTemplateCharacters = 1_000_000;
const maxOutputCharacters = 16_000_000;
const maxRange = 100_000;
const maxMilliseconds = 1000;

export interface RenderOptions {
  /** Ends the text where the assistant's next turn begins. */
  addGenerationPrompt?: boolean;
}

/**
 * A chat template. It is a program by a stranger: its size, its running time (1 second), `range` and its output are bounded, and it
 * reaches no object of ours. Its clock is fixed, so that the same data give the same tokens on another day.
 */
export class ChatTemplate {
  private readonly template: Template;

  /**
   * @param source the Jinja text
   * @param specialTokens `bos_token`, `eos_token` … as the template's variables
   * @throws TextError where the template cannot be parsed
   */
  constructor(
    readonly source: string,
    private readonly specialTokens: Readonly<Record<string, string>> = {},
  ) {
    if (source.length > maxTemplateCharacters) {
      throw new TextError(
        `The chat template has ${source.length} characters; at most ${maxTemplateCharacters} are accepted.`,
      );
    }
    this.template = guarded('be parsed', () => new Template(source));
  }

  /** Throws TextError where the template fails, for example on roles in an order it does not accept. */
  render(messages: readonly ChatMessage[], { addGenerationPrompt = false }: RenderOptions = {}): string {
    const text = guarded('lay out the conversation', () => {
      const environment = makeEnvironment({
        ...this.specialTokens,
        messages,
        add_generation_prompt: addGenerationPrompt,
      });
      return (new Interpreter(environment).run(this.template.parsed) as unknown as { value: string }).value;
    });
    if (text.length <= maxOutputCharacters) return text;
    throw new TextError(
      `The chat template wrote ${text.length} characters; at most ${maxOutputCharacters} are accepted.`,
    );
  }
}

/** The template of a model's folder: chat_template.jinja, else tokenizer_config.json's, else none. Throws ModelFormatError. */
export function chatTemplateSource(
  folder: string,
  tokenizerConfig: Readonly<Record<string, unknown>>,
): string | undefined {
  return readTextFile(join(folder, 'chat_template.jinja'), maxTemplateCharacters) ?? inConfig(tokenizerConfig);
}

/** One template, or a list of named ones of which `default` counts. */
function inConfig({ chat_template: template }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const found = template.find((entry) => entry?.name === 'default')?.template;
  return typeof found === 'string' ? found : undefined;
}

function makeEnvironment(variables: Record<string, unknown>): Environment {
  const environment = new Environment();
  const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
  const functions = { raise_exception: raise, range: boundedRange, strftime_now: fixedDate };
  for (const [name, value] of Object.entries({ ...constants, ...functions, ...variables }))
    environment.set(name, value);
  return environment;
}

function raise(message: unknown): never {
  throw new Error(String(message));
}

/** Python's range, of at most 100,000 numbers. */
function boundedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = typeof second === 'number' ? [first, second] : [0, first];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= maxRange)) throw new Error(`range() of more than ${maxRange} numbers`);
  return Array.from({ length }, (_, i) => start + i * step);
}

/** The day Llama 3's own template falls back to. */
const dateParts: Record<string, string> = {
  Y: '2024',
  m: '07',
  d: '26',
  b: 'Jul',
  B: 'July',
  H: '00',
  M: '00',
  '%': '%',
};

function fixedDate(format: unknown): string {
  return String(format).replace(/%([YmdbBHM%])/g, (_, part: string) => dateParts[part]!);
}

function guarded<T>(doing: string, work: () => T): T {
  try {
    return withTimeLimit(maxMilliseconds, 'The chat template', work);
  } catch (error) {
    if (error instanceof TextError) throw error;
    throw new TextError(
      `The model's chat template could not ${doing}: ${(error as Error).message}. Check the order of the roles, or train without the template (plain text).`,
      { cause: error },
    );
  }
}

// The Modelfile that Ollama makes a model from: https://docs.ollama.com/modelfile
import { TextError } from '../../errors.js';
import type { ChatTemplate } from '../../text/chat-template.js';

export interface ModelfileOptions {
  /** Name of the GGUF file beside it. */
  file: string;
  /** Lays out conversations; none gives the model the prompt as it is. */
  chatTemplate?: ChatTemplate;
  /** Texts of the tokens that end an answer. */
  stops: readonly string[];
  /** Longest text in tokens. */
  contextLength: number;
  license?: string;
}

export function modelfile({ file, chatTemplate, stops, contextLength, license }: ModelfileOptions): string {
  const template = (chatTemplate && goTemplate(chatTemplate)) ?? '{{ .Prompt }}';
  const lines = [
    `FROM ./${file}`,
    `TEMPLATE """${template}"""`,
    `PARAMETER num_ctx ${contextLength}`,
    ...stops.map((stop) => `PARAMETER stop ${JSON.stringify(stop)}`),
    ...(license === undefined ? [] : [`LICENSE """\n${license.replaceAll('"""', "'''").trim()}\n"""`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Words that no template holds, to find what it puts around a message. */
const marks = { system: '\u{E000}s', user: '\u{E000}u', assistant: '\u{E000}a' } as const;

/**
 * One turn in the language of Go's text/template, found by laying out marked messages; undefined where the template's layout is not
 * that of one message after another.
 */
export function goTemplate(template: ChatTemplate): string | undefined {
  const message = (role: keyof typeof marks) => ({ role, content: marks[role] });
  try {
    const prompt = template.render([message('user')], { addGenerationPrompt: true });
    const answered = template.render([message('user'), message('assistant')]);
    const [before, after] = split(prompt, [marks.user]);
    const [, , end] = split(answered, [marks.user, marks.assistant]);
    return `${startOf(template, before!, message)}{{ .Prompt }}${literal(after!)}{{ .Response }}${literal(end!)}`;
  } catch (error) {
    if (error instanceof TextError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What comes before the user's message, with a system message where the template takes one. */
function startOf(
  template: ChatTemplate,
  before: string,
  message: (role: keyof typeof marks) => { role: 'system' | 'user' | 'assistant'; content: string },
): string {
  try {
    const whole = template.render([message('system'), message('user')], { addGenerationPrompt: true });
    const [open, between] = split(whole, [marks.system, marks.user]);
    return `{{ if .System }}${literal(open!)}{{ .System }}${literal(between!)}{{ else }}${literal(before)}{{ end }}`;
  } catch (error) {
    if (error instanceof TextError || error instanceof RangeError) return literal(before);
    throw error;
  }
}

/** The pieces between marks that each occur once and in this order. Throws RangeError where they don't. */
function split(text: string, expected: readonly string[]): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (const mark of expected) {
    const parts = rest.split(mark);
    if (parts.length !== 2) throw new RangeError(`The mark occurs ${parts.length - 1} times.`);
    pieces.push(parts[0]!);
    rest = parts[1]!;
  }
  return [...pieces, rest];
}

/** Text that Go's templates take as it is, within three quotation marks. */
const literal = (text: string): string => text.replaceAll('{{', '{{ "{{" }}').replaceAll('"""', '{{ "\\"\\"\\"" }}');

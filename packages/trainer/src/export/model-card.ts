// The README of a trained model: where it comes from, how it was trained, what it scored, how to use it.
import type { BasePrecision, TrainingSettings } from '../settings.js';

export interface CardScore {
  /** Such as `accuracy` or `validation loss`. */
  metric: string;
  /** Which examples: `test`, `validation`. */
  split: string;
  base?: number;
  recommended?: number;
  found: number;
  /** 95 % interval of `found`. */
  interval?: readonly [number, number];
}

export interface CardData {
  name: string;
  /** Hub id or name of the base model. */
  base: string;
  /** sha256 of the base model's configuration and weights. */
  baseHash?: string;
  /** SPDX identifier; the base model's licence governs the tuned model too. */
  license?: string;
  /** ISO 639-1 codes. */
  languages?: readonly string[];
  data: { hash: string; trainExamples: number; validationExamples?: number; testExamples?: number };
  settings: TrainingSettings;
  scores: readonly CardScore[];
  /** Mean loss on reference text of the base skill. */
  retention?: { before: number; after: number; text: string };
  /** Command that makes the model again. */
  reproduce?: string;
  /** Version by software. */
  versions?: Readonly<Record<string, string>>;
}

/** What the files beside the card are: a merged Hugging Face directory, a PEFT adapter, or the merged model in another format. */
export type CardKind = 'merged' | 'adapter' | 'gguf' | 'onnx';

const libraries: Record<CardKind, string> = {
  merged: 'transformers',
  adapter: 'peft',
  gguf: 'llama.cpp',
  onnx: 'transformers.js',
};

/** Markdown with the front matter that model hubs read. */
export function modelCard(card: CardData, kind: CardKind): string {
  const parts = [
    frontMatter(card, kind),
    `# ${line(card.name)}`,
    introduction(card, kind),
    `## Scores\n\n${scores(card)}`,
    `## Hyperparameters\n\n${hyperparameters(card.settings)}`,
    `## Use\n\n${usage(kind, card.base)}`,
    `## Limits\n\n${limits(card, kind)}`,
  ];
  if (card.reproduce) parts.push(`## Reproduce\n\n    ${line(card.reproduce)}`);
  return `${parts.join('\n\n')}\n`;
}

function frontMatter({ base, license, languages }: CardData, kind: CardKind): string {
  const lines = [
    ...(license ? [`license: ${quoted(license)}`] : []),
    `base_model: ${quoted(base)}`,
    `base_model_relation: ${kind === 'adapter' ? 'adapter' : 'finetune'}`,
    `library_name: ${libraries[kind]}`,
    'pipeline_tag: text-generation',
    ...(languages?.length ? [`language: [${languages.map(quoted).join(', ')}]`] : []),
    'tags: [goldilocks, fine-tuned]',
  ];
  return `---\n${lines.join('\n')}\n---`;
}

function introduction({ base, baseHash, data, settings, versions }: CardData, kind: CardKind): string {
  const what =
    kind === 'adapter'
      ? 'A LoRA adapter for'
      : settings.method === 'lora'
        ? 'A fine-tuned (LoRA, merged) version of'
        : 'A fine-tuned version of';
  const sizes = [
    `${data.trainExamples} training`,
    ...(data.validationExamples === undefined ? [] : [`${data.validationExamples} validation`]),
    ...(data.testExamples === undefined ? [] : [`${data.testExamples} test`]),
  ];
  const rows = [
    ['Base model', `${line(base)}${baseHash ? ` (sha256 \`${line(baseHash)}\`)` : ''}`],
    ['Data', `${sizes.join(', ')} examples (sha256 \`${line(data.hash)}\`)`],
    ['Method', settings.method === 'lora' ? 'LoRA' : 'full fine-tuning'],
    ...Object.entries(versions ?? {}).map(([name, version]) => [line(name), line(version)]),
  ];
  return `${what} ${line(base)}, made with Goldilocks.\n\n${table(['', ''], rows)}`;
}

function scores({ scores: list, retention }: CardData): string {
  const rows = list.map(({ metric, split, base, recommended, found, interval }) => [
    `${line(metric)} (${line(split)})`,
    number(base),
    number(recommended),
    number(found) + (interval ? ` (95 %: ${number(interval[0])} to ${number(interval[1])})` : ''),
  ]);
  const kept = retention
    ? `\n\nBase skill: mean loss on ${line(retention.text)} was ${number(retention.before)} before and is ${number(retention.after)} after training.`
    : '';
  return table(['', 'base model', 'recommended settings', 'this model'], rows) + kept;
}

function hyperparameters(settings: TrainingSettings): string {
  const { schedule, freezing, lora } = settings;
  const rows = [
    ['Learning rate', String(settings.learningRate)],
    ['Batch size (effective)', String(settings.batchSize)],
    ['Epochs', String(settings.epochs)],
    ['Dropout', String(settings.dropout)],
    ['Weight decay', String(settings.weightDecay)],
    ['Learning-rate schedule', `${schedule.name}, warm-up ${number(schedule.warmup)} of the steps`],
    ['Frozen layers', frozen(freezing)],
    ...(lora
      ? [
          [
            'LoRA',
            `rank ${lora.rank}, alpha ${lora.alpha}${lora.rankStabilized ? ' (rank-stabilised)' : ''}${lora.dora ? ', with magnitudes (DoRA)' : ''}, on ${lora.targets.join(', ')}`,
          ],
        ]
      : []),
    ...(settings.basePrecision ? [['Frozen matrices', precisionText[settings.basePrecision]]] : []),
    ...(settings.optimizer ? [['Optimizer', optimizerText(settings.optimizer)]] : []),
    ...(settings.labelSmoothing ? [['Label smoothing', String(settings.labelSmoothing)]] : []),
    ...(settings.neftune ? [['Noise on embeddings (NEFTune)', `alpha ${settings.neftune}`]] : []),
    ...(settings.replay ? [['Replay of reference text', `${settings.replay.share} of the loss`]] : []),
    ['Loss on', settings.lossOn === 'all' ? 'the whole text' : 'the completion'],
    ['Longest example', `${settings.maxLength} tokens`],
    ['Seed', String(settings.seed)],
  ];
  return table(['hyperparameter', 'value'], rows);
}

function optimizerText({ name, momentum, nesterov }: NonNullable<TrainingSettings['optimizer']>): string {
  const parts: string[] = [name];
  if (momentum !== undefined) parts.push(`momentum ${momentum}`);
  if (nesterov) parts.push("Nesterov's");
  return parts.join(', ');
}

function frozen({ layers, embeddings, unfreeze, layerwiseDecay = 1 }: TrainingSettings['freezing']): string {
  const parts = [`the lowest ${layers}`];
  if (embeddings || layers > 0) parts.push('embeddings frozen');
  if (unfreeze === 'gradual') parts.push('unfrozen gradually from the top');
  if (layerwiseDecay !== 1) parts.push(`each layer's rate ${layerwiseDecay} of the one above`);
  return parts.join(', ');
}

/**
 * The card of the same model in another format: another library, another way to load it; all that is said of the model stays.
 * @param markdown a card that `modelCard` wrote, or another model's README, which gets a section of its own
 */
export function cardInFormat(markdown: string, kind: CardKind, base: string): string {
  const section = `## Use\n\n${usage(kind, base)}`;
  const library = markdown.replace(/^library_name: .*$/m, `library_name: ${libraries[kind]}`);
  const own = /^## Use\n[\s\S]*?(?=\n## |(?![\s\S]))/m;
  return own.test(library) ? library.replace(own, () => `${section}\n`) : `${library.trimEnd()}\n\n${section}\n`;
}

/** How to load what lies beside the card. */
function usage(kind: CardKind, base: string): string {
  if (kind === 'gguf')
    return block('sh', ['ollama create my-model -f Modelfile && ollama run my-model', 'llama-cli -m model-*.gguf']);
  if (kind === 'onnx') return block('js', javaScript);
  const load =
    kind === 'adapter'
      ? [
          'from peft import PeftModel',
          `base = AutoModelForCausalLM.from_pretrained(${quoted(base)})`,
          'model = PeftModel.from_pretrained(base, ".")',
        ]
      : ['model = AutoModelForCausalLM.from_pretrained(".")'];
  const source = kind === 'adapter' ? quoted(base) : '"."';
  return block('python', [
    'from transformers import AutoModelForCausalLM, AutoTokenizer',
    ...load,
    `tokenizer = AutoTokenizer.from_pretrained(${source})`,
  ]);
}

const javaScript = [
  "import { env, pipeline } from '@huggingface/transformers';",
  "env.localModelPath = '..'; // the folder that holds this one",
  "const generator = await pipeline('text-generation', 'this-folder', { dtype: 'q8', local_files_only: true });",
  "console.log(await generator('Hello', { max_new_tokens: 20 }));",
];

const block = (language: string, lines: readonly string[]) => `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``;

const precisionText: Record<BasePrecision, string> = {
  f32: 'float32',
  bf16: 'bfloat16',
  '8bit': '8 bits',
  '4bit': '4 bits (NF4)',
};

/** What a LoRA run over a base model in fewer bits was measured with. */
function precisionLimits({ base, settings: { basePrecision = 'f32' } }: CardData, kind: CardKind): string {
  if (basePrecision === 'f32') return '';
  const measured = `It was trained and measured over matrices of ${line(base)} rounded to ${precisionText[basePrecision]}`;
  if (kind !== 'adapter') return `${measured}, and holds these. `;
  return `${measured}; over the base model as it is, the scores differ a little. The merged model beside it is what was measured. `;
}

function limits(card: CardData, kind: CardKind): string {
  const { data } = card;
  return (
    precisionLimits(card, kind) +
    `It learnt from ${data.trainExamples} examples and repeats what they contain, errors and one-sidedness included. ` +
    'The scores hold for data like the test examples and say nothing about others.'
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const number = (value: number | undefined) =>
  value === undefined ? 'not measured' : String(Number(value.toPrecision(4)));

/** Names come from outside: one line, and nothing that would end a table's cell or start a tag. */
const line = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[|<`]/g, '\\$&');

/** A string for YAML and Python alike. */
const quoted = (text: string) => JSON.stringify(text);

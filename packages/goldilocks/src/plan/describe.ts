// The plan in plain words, line by line, for the terminal and the report.
import type { Evidence } from './evidence.js';
import { formatValue, hyperparameterNames, readHyperparameter } from './hyperparameters.js';
import { trainingOptions } from './options.js';
import type { Plan } from './plan.js';
import type { CheatSheetRow } from './recommend.js';
import type { SearchParameter } from './search-space.js';
import type { Stage } from './stages.js';

export interface PlanLine {
  text: string;
  /** Why, in a sentence. */
  because?: string;
  source?: string;
  evidence?: Evidence;
}

export interface PlanSection {
  title: string;
  lines: PlanLine[];
}

const number = (value: number) => value.toLocaleString('en');

function settingLine(plan: Plan, parameter: SearchParameter): PlanLine {
  const { name } = parameter;
  const value = readHyperparameter(plan.settings, name, plan.model.layers)!;
  const adjusted = plan.adjustments.filter((adjustment) => adjustment.hyperparameter === name).at(-1);
  const text = `${hyperparameterNames[name]}: ${formatValue(name, value, plan.model.layers)}`;
  if (plan.fixedByUser.includes(name)) return { text, because: 'you set it' };
  if (adjusted) return { text, because: adjusted.because, source: adjusted.source, evidence: adjusted.evidence };
  const { source, evidence } = sourceOf(plan, name);
  return { text, source, evidence };
}

function sourceOf(plan: Plan, name: SearchParameter['name']): { source?: string; evidence?: Evidence } {
  const { recommendation } = plan;
  if (name === 'warmup') return recommendation.schedule;
  if (name === 'unfreeze') return {};
  if (name === 'loraRank') return recommendation.lora;
  return recommendation[name];
}

function rangeText(parameter: SearchParameter, layers: number): string {
  const show = (value: number | string) => formatValue(parameter.name, value, layers);
  if (parameter.kind === 'categorical') return parameter.choices.map(show).join(', ');
  return `${show(parameter.low)} to ${show(parameter.high)}${parameter.log ? ' (logarithmic)' : ''}`;
}

function searchLine(plan: Plan, parameter: SearchParameter): PlanLine {
  const name = hyperparameterNames[parameter.name];
  if (parameter.fixed) return { text: `${name}: not searched`, because: parameter.fixed.because };
  return { text: `${name}: ${rangeText(parameter, plan.model.layers)}`, source: parameter.source };
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Number((seconds / 60).toFixed(seconds < 600 ? 1 : 0))} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}

function stageLine(stage: Stage): PlanLine {
  const parts = [
    stage.runs === undefined ? undefined : `${stage.runs} ${stage.runs === 1 ? 'run' : 'runs'}`,
    stage.seconds === undefined ? undefined : `about ${formatSeconds(stage.seconds)}`,
  ].filter((part) => part !== undefined);
  return { text: `${stage.name}${parts.length ? ` (${parts.join(', ')})` : ''}: ${stage.does}` };
}

function summary(plan: Plan): PlanLine[] {
  const { model, data, settings, recommendation } = plan;
  const known = recommendation.knownAs
    ? `known as ${recommendation.knownAs}`
    : 'not in the table: settings by its size';
  return [
    { text: `model: ${model.name}, ${number(model.parameters)} weights, ${model.layers} layers`, because: known },
    { text: `data: ${number(data.rows)} training examples of about ${Math.round(data.tokensPerExample.mean)} tokens` },
    { text: `task: ${plan.taskKind.kind}`, because: plan.taskKind.because },
    ...(plan.similarity ? [{ text: plan.similarity.sentence, source: plan.similarity.source }] : []),
    {
      text: `method: ${settings.method === 'lora' ? 'LoRA adapters' : 'full fine-tuning'}`,
      source: recommendation.method.source,
      evidence: recommendation.method.evidence,
    },
  ];
}

/** The plan as titled sections of lines, each line with its reason, source and how sure it is. */
export function describePlan(plan: Plan): PlanSection[] {
  const { layers } = plan.model;
  const adjustments = plan.adjustments.map(
    ({ hyperparameter: name, from, to, ...why }): PlanLine => ({
      text: `${hyperparameterNames[name]}: ${formatValue(name, from, layers)} → ${formatValue(name, to, layers)}`,
      ...why,
    }),
  );
  const options = trainingOptions(plan.settings).map(({ name, text }) => ({
    text: `${name}: ${text}`,
    because: 'you set it',
  }));
  const sections: PlanSection[] = [
    { title: 'What', lines: summary(plan) },
    { title: 'Start from', lines: [...plan.searchSpace.parameters.map((each) => settingLine(plan, each)), ...options] },
    { title: 'Adjusted to your data', lines: adjustments },
    { title: 'Search', lines: plan.searchSpace.parameters.map((parameter) => searchLine(plan, parameter)) },
    { title: 'Budget', lines: plan.stages.map(stageLine) },
    { title: 'Heed', lines: plan.warnings.map((text) => ({ text })) },
  ];
  return sections.filter((section) => section.lines.length > 0);
}

const evidenceWords: Record<Evidence, string> = {
  measured: 'measured',
  published: 'published',
  prior: 'only a prior',
};

function lineText(line: PlanLine): string {
  const grounds = [line.evidence && evidenceWords[line.evidence], line.source].filter(Boolean).join('; ');
  return `${line.text}${line.because ? ` — ${line.because}` : ''}${grounds ? ` [${grounds}]` : ''}`;
}

/** The plan as plain lines of text, titles flush left, lines indented. */
export function planLines(plan: Plan): string[] {
  return describePlan(plan).flatMap((section) => [
    section.title,
    ...section.lines.map((line) => `  ${lineText(line)}`),
  ]);
}

/** The cheat sheet as plain lines: a model a block. */
export function cheatSheetLines(rows: CheatSheetRow[]): string[] {
  const rate = (value: number) => formatValue('learningRate', value);
  return rows.flatMap((row) => {
    const { batchSize, epochs, dropout, weightDecay, schedule, lora } = row[row.method.value];
    const { learningRate: full } = row.full;
    const { learningRate: adapters } = row.lora;
    const warmup = formatValue('warmup', schedule.value.warmup);
    return [
      `${row.name}: ${number(row.parameters)} weights, ${row.layers} layers; best with ${row.method.value === 'lora' ? 'LoRA' : 'full fine-tuning'}`,
      `  learning rate, LoRA: ${rate(adapters.value)} [${evidenceWords[adapters.evidence]}; ${adapters.source}]`,
      `  learning rate, full: ${rate(full.value)} [${evidenceWords[full.evidence]}; ${full.source}]`,
      `  batch ${batchSize.value} [${evidenceWords[batchSize.evidence]}; ${batchSize.source}], epochs ${epochs.value} [${evidenceWords[epochs.evidence]}; ${epochs.source}]`,
      `  dropout ${dropout.value} [${evidenceWords[dropout.evidence]}; ${dropout.source}], weight decay ${weightDecay.value} [${evidenceWords[weightDecay.evidence]}; ${weightDecay.source}]`,
      `  schedule ${schedule.value.name}, warm-up ${warmup} [${evidenceWords[schedule.evidence]}; ${schedule.source}]`,
      `  LoRA rank ${lora.value.rank}, alpha ${lora.value.alpha}, all linear layers [${evidenceWords[lora.evidence]}; ${lora.source}]`,
    ];
  });
}

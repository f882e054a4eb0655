// `goldilocks` alone on a terminal: asks for data, model and budget, then runs.
import { existsSync } from 'node:fs';
import { confirm, intro, isCancel, outro, select, text } from '@clack/prompts';
import type { Command } from 'commander';
import { defaultModel, shippedModels } from '../base-models/locate.js';
import { UserError } from '../errors.js';
import { quote } from '../journey/report/command.js';
import { minutesOf } from './values.js';

/** Asks, shows the command that does the same, and runs it. */
export async function askAndRun(program: Command): Promise<void> {
  intro('Goldilocks fine-tunes a language model on your data. Nothing leaves this machine.');
  const data = await askData();
  const model = await askModel();
  const budget = await askBudget();
  const out = await askOut();
  const argv = ['run', data, '--model', model, '--budget', budget, '--out', out];
  const go = answered(await confirm({ message: `Run: goldilocks ${argv.map(quote).join(' ')} ?` }));
  if (!go) throw new UserError('Nothing was started.', { exitCode: 1 });
  outro('Started. Ctrl-C once stops, saves, and says how to go on.');
  await program.parseAsync(argv, { from: 'user' });
}

async function askData(): Promise<string> {
  const message =
    'Which data? A file (JSONL, JSON, CSV, TSV, Parquet) or a folder with train, validation and test files';
  const missing = (path: string | undefined) =>
    path !== undefined && path.trim() !== '' && existsSync(path.trim())
      ? undefined
      : 'There is no such file or folder.';
  return answered(await text({ message, placeholder: 'feedback.jsonl', validate: missing })).trim();
}

async function askModel(): Promise<string> {
  const shipped = shippedModels().map((name) => ({ value: name, label: name, hint: 'small, shipped with Goldilocks' }));
  const other = { value: '', label: 'another', hint: 'the folder of a model in Hugging Face format' };
  if (shipped.length === 0) return askFolder();
  const options = [...shipped, other];
  const chosen = answered(await select({ message: 'Which base model?', options, initialValue: defaultModel }));
  return chosen === '' ? askFolder() : chosen;
}

async function askFolder(): Promise<string> {
  const missing = (path: string | undefined) =>
    path !== undefined && existsSync(path.trim()) ? undefined : 'There is no such folder.';
  return answered(await text({ message: "The model's folder", validate: missing })).trim();
}

async function askBudget(): Promise<string> {
  const message = 'How much time may it take?';
  const budget = await text({ message, initialValue: '30m', validate: problemOf });
  return answered(budget).trim();
}

function problemOf(budget: string | undefined): string | undefined {
  try {
    minutesOf(budget ?? '');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function askOut(): Promise<string> {
  const message = 'Where is the result to go? A new folder';
  const used = (path: string | undefined) =>
    path === undefined || path.trim() === '' || existsSync(path.trim())
      ? 'Name a folder that does not exist yet.'
      : undefined;
  return answered(await text({ message, initialValue: freeName('goldilocks-result'), validate: used })).trim();
}

function freeName(stem: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** The answer; ends the program as interrupted where there was none. */
function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  throw Object.assign(new Error('Stopped; nothing was started.'), { name: 'AbortError' });
}

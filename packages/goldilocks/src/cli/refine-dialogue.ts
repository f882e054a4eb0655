// Asks what to do with a proposal: on a terminal the person, else as --accept says.
import { isCancel, select, text } from '@clack/prompts';
import { formatValue, hyperparameterNames, type Parameters, shareOfLayers } from '../plan/hyperparameters.js';
import type { Attempt, Proposal } from '../refine/propose.js';
import type { Answer, RefineIo } from '../refine/session.js';
import type { Session } from './session.js';
import { choice, count, number, positive, share } from './values.js';

export type Dialogue = Pick<RefineIo, 'tell' | 'ask'>;

/** @param accept proposals to take without asking; then, and without a terminal, the dialogue ends */
export function refineDialogue(session: Session, accept: number | undefined): Dialogue {
  let left = accept ?? 0;
  return {
    tell: (lines) => session.onAnswer(`${lines.join('\n')}\n`),
    async ask(proposal, best) {
      if (proposal !== undefined) session.onAnswer(`Proposal: ${proposalText(proposal, best)}\n`);
      if (left > 0 && proposal !== undefined) {
        left--;
        return { kind: 'accept' };
      }
      if (accept !== undefined || !session.interactive) return { kind: 'stop' };
      return askPerson(proposal, best);
    },
  };
}

function proposalText({ change: { hyperparameter: name, from, to } }: Proposal, { run: { layers } }: Attempt): string {
  return `${hyperparameterNames[name]} ${formatValue(name, from, layers)} → ${formatValue(name, to, layers)}`;
}

async function askPerson(proposal: Proposal | undefined, best: Attempt): Promise<Answer> {
  const accept = { value: 'accept', label: 'Run the proposal' };
  const others = [
    { value: 'change', label: 'Change values myself' },
    { value: 'stop', label: 'Stop here' },
  ];
  const options = proposal === undefined ? others : [accept, ...others];
  const chosen = await select({ message: 'What now?', options });
  if (isCancel(chosen) || chosen === 'stop') return { kind: 'stop' };
  return chosen === 'accept' ? { kind: 'accept' } : askValues(best);
}

async function askValues(best: Attempt): Promise<Answer> {
  const { layers } = best.run;
  const message = `Which values? Such as: learning-rate 5e-4, epochs 4. Names: ${Object.keys(readers).join(', ')}`;
  const answer = await text({ message, validate: (line) => problemOf(line ?? '', layers) });
  return isCancel(answer) ? { kind: 'stop' } : { kind: 'change', values: valuesOf(answer, layers) };
}

function problemOf(line: string, layers: number): string | undefined {
  try {
    valuesOf(line, layers);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

type Reader = (text: string, layers: number) => Parameters;

const readers: Readonly<Record<string, Reader>> = {
  'learning-rate': (value) => ({ learningRate: positive('2e-4')(value) }),
  'batch-size': (value) => ({ batchSize: count(1, '16')(value) }),
  epochs: (value) => ({ epochs: positive('3')(value) }),
  dropout: (value) => ({ dropout: share('0.1')(value) }),
  'weight-decay': (value) => ({ weightDecay: number('a number from 0, such as 0.01', (decay) => decay >= 0)(value) }),
  schedule: (value) => ({ schedule: choice(['constant', 'linear', 'cosine', 'warmup-stable-decay'])(value) }),
  warmup: (value) => ({ warmup: share('0.05')(value) }),
  'frozen-layers': (value, layers) => {
    const valid = (frozen: number) => Number.isInteger(frozen) && frozen >= 0 && frozen <= layers;
    return { frozenLayers: shareOfLayers(number(`a whole number from 0 to ${layers}`, valid)(value), layers) };
  },
  unfreeze: (value) => ({ unfreeze: choice(['none', 'gradual'])(value) }),
  'lora-rank': (value) => ({ loraRank: count(1, '16')(value) }),
};

/** Reads `learning-rate 5e-4, epochs 4`. Throws Error with a sentence for what cannot be read. */
export function valuesOf(line: string, layers: number): Parameters {
  const parts = line.split(',').map((part) => part.trim().split(/[\s=]+/));
  return Object.assign(
    {},
    ...parts.map(([name = '', value = '', ...rest]) => {
      const read = readers[name];
      if (read === undefined || rest.length > 0) {
        throw new Error(
          `«${[name, value, ...rest].join(' ').trim()}» is not a name and a value. Names: ${Object.keys(readers).join(', ')}.`,
        );
      }
      try {
        return read(value, layers);
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      }
    }),
  ) as Parameters;
}

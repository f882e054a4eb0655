// The verdict of a journey, in a few words and with its numbers.
import type { Report, Scores, Task, Verdict } from '@goldilocks/protocol';
import type { Confirmation } from '../../confirm/confirm.js';
import { capital, mainScore } from '../../report/text.js';

export function verdictOf(
  confirmation: Confirmation | undefined,
  task: Task,
  scores: Scores,
  confirmed: string,
): Verdict {
  const kind = confirmation?.decision.kind ?? 'nothing-better';
  const delivered = kind === 'better' ? 'found' : 'recommended';
  return {
    kind,
    delivered,
    headline: headlines[kind],
    sentence: [scoreSentence(task, scores, delivered), confirmed, baselineSentence(task, scores)]
      .filter(Boolean)
      .join(' '),
  };
}

/** The plain fact where a rule that needs no language model does as well or better; empty where none does. */
function baselineSentence(task: Task, scores: Scores): string {
  const { title, write, found } = mainScore({ task, scores } as Pick<Report, 'task' | 'scores'>);
  const [best] = [...scores.baselines].sort((a, b) => b.metric.value - a.metric.value);
  if (best === undefined || title === 'loss' || best.metric.value < found.value) return '';
  const than = best.metric.value > found.value ? 'more than' : 'as much as';
  return `${capital(best.title)}, which needs no language model, reaches ${write(best.metric.value)} on the same examples: ${than} the tuned model.`;
}

const headlines: Record<Verdict['kind'], string> = {
  better: 'Better than the recommended settings',
  'within-noise': 'Ahead of the recommended settings, but it may be chance: those were kept',
  'nothing-better': 'Nothing better than the recommended settings was found',
};

function scoreSentence(task: Task, scores: Scores, delivered: Verdict['delivered']): string {
  const { title, write, base, recommended, found } = mainScore({ task, scores } as Pick<Report, 'task' | 'scores'>);
  const others = `the base model ${write(base.value)}`;
  const start = `On ${scores.testExamples} test examples ${title} is ${write(found.value)}`;
  if (delivered === 'recommended') return `${start} with the recommended settings; ${others}.`;
  return `${start} with the settings found, ${write(recommended.value)} with the recommended ones; ${others}.`;
}

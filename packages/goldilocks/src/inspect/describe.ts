// What inspect found, as lines for a terminal or a log: no colours, no control characters.
import { excerpt, stripControl } from '../terminal/strip-control.js';
import { percent, rowsOf } from './problems.js';
import type { Baselines, InspectedData, LengthSummary, Problem } from './types.js';

/** Places named per problem. */
const placesShown = 5;
const labelsShown = 8;

/** Plain lines: what the data are, how they are split, what is wrong and what to do, what simple rules reach. */
export function describeInspection(data: InspectedData): string[] {
  const { statistics, problems } = data;
  const format = data.format === 'jsonl' ? 'JSON Lines' : data.format.toUpperCase();
  const lines = [
    `${data.source}: ${rowsOf(statistics.rows)}, ${format}${data.files.length > 1 ? ` in ${data.files.length} files` : ''}.`,
    data.guess,
    data.splitNote,
    ...lengthLines(data),
    ...labelLines(data),
    ...(statistics.baselines ? baselineLines(statistics.baselines) : []),
    problems.length === 0
      ? 'No problems found.'
      : `${problems.length} ${problems.length === 1 ? 'thing' : 'things'} to know:`,
    ...problems.flatMap(problemLines),
    `Data hash ${data.dataHash.slice(0, 16)}.`,
  ];
  return lines.map((line) => stripControl(line).replace(/\n/g, ' '));
}

export function problemLines(problem: Problem): string[] {
  const shown = problem.places.slice(0, placesShown).join(', ');
  const where = shown === '' ? '' : ` At ${shown}${problem.count > placesShown ? ', …' : ''}.`;
  return [`  ${problem.severity}: ${problem.message}${where}`, `    ${problem.advice}`];
}

function lengthLines({ statistics, task }: InspectedData): string[] {
  const { inputCharacters, targetCharacters, tokens } = statistics;
  const lines: string[] = [];
  if (tokens) lines.push(`Length in tokens: ${lengths(tokens)}; ${tokens.total} in all.`);
  else if (task === 'text') lines.push(`Length in characters: ${lengths(inputCharacters)}.`);
  else lines.push(`Length in characters: input ${lengths(inputCharacters)}; answer ${lengths(targetCharacters)}.`);
  return lines;
}

function lengths({ median, percentile95, max }: LengthSummary): string {
  return `median ${median}, 95 % up to ${percentile95}, longest ${max}`;
}

function labelLines({ statistics }: InspectedData): string[] {
  const { labels = [] } = statistics;
  if (labels.length === 0) return [];
  const shown = labels.slice(0, labelsShown).map(({ label, count }) => `${excerpt(label, 40)} ${count}`);
  return [
    `Labels: ${shown.join(', ')}${labels.length > labelsShown ? `, and ${labels.length - labelsShown} more` : ''}.`,
  ];
}

function baselineLines({ rows, majority, keywordRule, naiveBayes }: Baselines): string[] {
  const best = Math.max(majority.accuracy, keywordRule.accuracy, naiveBayes.accuracy);
  const lines = [
    `Without a language model, on ${rows} validation rows: always "${excerpt(majority.label, 40)}" ${percent(majority.accuracy)}, keyword rule ${percent(keywordRule.accuracy)}, naive Bayes ${percent(naiveBayes.accuracy)}. A tuned model should beat the best of these.`,
  ];
  if (best > 0.97) lines.push('They do so well already that fine-tuning can gain little here.');
  return lines;
}

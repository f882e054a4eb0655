// Scores of models side by side, as lines.
import type { Estimate, Score } from '@goldilocks/protocol';
import { type MetricName, metrics } from '../evaluate/metrics.js';

/** A line a model: the task's metric with its 95 % interval, the others, the loss. */
export function scoreLines(metric: MetricName, scores: Readonly<Record<string, Score>>): string[] {
  const width = Math.max(...Object.keys(scores).map((name) => name.length));
  return Object.entries(scores).map(([name, { metric: main, loss, bitsPerByte, others }]) => {
    const parts = [
      ...(main === null ? [] : [`${titleOf(metric)} ${estimateText(metric, main)}`]),
      ...Object.entries(others).map(([other, value]) => `${titleOf(other)} ${valueText(other, value)}`),
      `loss ${loss.value.toFixed(4)}`,
      ...(metric === 'bitsPerByte' ? [] : [`${bitsPerByte.toFixed(3)} bits per byte`]),
    ];
    return `  ${name.padEnd(width)}  ${parts.join(', ')}`;
  });
}

const titleOf = (name: string) => metrics.find((metric) => metric.name === name)?.title ?? name;

function valueText(name: string, value: number): string {
  const isShare = metrics.find((metric) => metric.name === name)?.percent ?? false;
  return isShare ? `${(100 * value).toFixed(1)} %` : value.toFixed(name === 'bitsPerByte' ? 3 : 1);
}

function estimateText(name: string, { value, low, high }: Estimate): string {
  if (low === null || high === null) return valueText(name, value);
  return `${valueText(name, value)} (95 %: ${valueText(name, low)} to ${valueText(name, high)})`;
}

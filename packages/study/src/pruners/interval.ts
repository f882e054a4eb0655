/** Deciding only now and then: at the first report in each interval of steps. */

/** Whether no step but `step` itself was reported since the interval that holds it began. */
export function isFirstInInterval(step: number, steps: Iterable<number>, warmup: number, interval: number): boolean {
  const start = Math.floor((step - warmup) / interval) * interval + warmup;
  let before = -1;
  for (const other of steps) if (other !== step && other > before) before = other;
  return before < start;
}

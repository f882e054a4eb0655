// How much memory a training process can have.
import { freemem } from 'node:os';

/** Bytes that are free for one more process: of the machine, or of the container where that has less. */
export function availableMemory(): number {
  const free = freemem();
  const limit = process.constrainedMemory(); // 0, or a huge number, where there is no limit
  if (limit === undefined || limit === 0 || limit > 2 ** 50) return free;
  return Math.min(free, Math.max(0, limit - process.memoryUsage.rss()));
}

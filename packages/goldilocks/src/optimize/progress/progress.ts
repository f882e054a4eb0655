// Shows a search over a command's flags on a stream: live on a terminal, as lines elsewhere.
import { isInteractive, painterFor } from '../../terminal/painter.js';
import type { ProgressDisplay, ProgressOptions } from '../../terminal/progress.js';
import type { OptimizeEvent } from '../events.js';
import { LiveOptimizeProgress } from './live.js';
import { PlainOptimizeProgress } from './plain.js';

export function createOptimizeProgress(options: Omit<ProgressOptions, 'silent'> = {}): ProgressDisplay<OptimizeEvent> {
  const { stream = process.stderr, environment = process.env, now = () => performance.now() } = options;
  if (!isInteractive(stream, environment)) return new PlainOptimizeProgress({ stream, now });
  return new LiveOptimizeProgress({ stream, paint: painterFor(stream, environment), now });
}

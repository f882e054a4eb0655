// What a plan is made from.
import type { DataFacts } from './facts.js';
import type { ModelFacts } from './recommend.js';
import type { Method } from './recommended.js';
import type { Similarity } from './similarity.js';
import type { Budget } from './stages.js';
import type { UserSettings } from './user-settings.js';

export interface PlanInput {
  model: ModelFacts;
  data: DataFacts;
  similarity?: Similarity;
  budget: Budget;
  method?: Method;
  /** Fixed by the person: neither adjusted nor searched. */
  userSettings?: UserSettings;
  /** Predicted seconds of one full run with the planned settings, where a pilot has measured it. */
  secondsPerRun?: number;
  /** Default 0. */
  seed?: number;
}

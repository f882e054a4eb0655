// The verbs, in the order in which help lists them.
import type { Verb } from './verb.js';
import { askTell } from './verbs/ask-tell.js';
import { chat } from './verbs/chat.js';
import { evaluate } from './verbs/evaluate.js';
import { exportVerb } from './verbs/export.js';
import { inspect } from './verbs/inspect.js';
import { models } from './verbs/models.js';
import { optimize } from './verbs/optimize.js';
import { plan } from './verbs/plan.js';
import { refine } from './verbs/refine.js';
import { report } from './verbs/report.js';
import { resume } from './verbs/resume.js';
import { run } from './verbs/run.js';
import { serve } from './verbs/serve.js';
import { steer } from './verbs/steer.js';
import { studies } from './verbs/studies.js';
import { train } from './verbs/train.js';
import { worker } from './verbs/worker.js';

export const verbs: readonly Verb[] = [
  run,
  inspect,
  plan,
  train,
  refine,
  resume,
  studies,
  report,
  serve,
  steer,
  evaluate,
  chat,
  exportVerb,
  optimize,
  askTell,
  models,
  worker,
];

// What a trial's command is told: values of placeholders, variables, and the file of parameters.
import { join } from 'node:path';
import type { JsonValue } from '@goldilocks/study';
import { paramsFileName } from '../trial-folder.js';
import { environmentName } from './names.js';
import { argumentText } from './template.js';

export interface TrialFacts {
  readonly study: string;
  readonly trial: number;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly directory: string;
  readonly device?: string;
  readonly seed: number;
  /** The folder of the attempt before, whose checkpoint the command may go on from. */
  readonly previousDirectory?: string;
}

/** By placeholder. */
export function placeholderValues(facts: TrialFacts): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(facts.params)) values[name] = argumentText(value);
  return Object.assign(values, {
    trial: String(facts.trial),
    trial_dir: facts.directory,
    params_file: join(facts.directory, paramsFileName),
    device: facts.device ?? '',
    seed: String(facts.seed),
    study: facts.study,
  });
}

/** Set for every command, whether it reads them or not. */
export function trialEnvironment(facts: TrialFacts): Record<string, string> {
  const { directory, device, previousDirectory } = facts;
  return {
    // Otherwise Python keeps its output back in blocks of 8 KiB, and losers are noticed late.
    PYTHONUNBUFFERED: '1',
    GOLDILOCKS_STUDY: facts.study,
    GOLDILOCKS_TRIAL: String(facts.trial),
    GOLDILOCKS_TRIAL_DIR: directory,
    GOLDILOCKS_PARAMS_FILE: join(directory, paramsFileName),
    GOLDILOCKS_SEED: String(facts.seed),
    ...(device !== undefined && { GOLDILOCKS_DEVICE: device }),
    ...(previousDirectory !== undefined && { GOLDILOCKS_PREVIOUS_TRIAL_DIR: previousDirectory }),
    ...Object.fromEntries(
      Object.entries(facts.params).map(([name, value]) => [environmentName(name), argumentText(value)]),
    ),
  };
}

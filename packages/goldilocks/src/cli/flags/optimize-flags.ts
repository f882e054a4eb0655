// Flags of a search over a command's own flags.

import type { MetricsSource, SpaceFile } from '@goldilocks/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../../errors.js';
import {
  type OptimizeSettings,
  type PrunerName,
  prunerNames,
  type SamplerName,
  samplerNames,
} from '../../optimize/options.js';
import { choice, count, minutesOf, names } from '../values.js';
import { addPlaceFlags, type PlaceFlags } from './place-flags.js';

export interface OptimizeFlags extends PlaceFlags {
  space?: string;
  preset?: string;
  presets?: boolean;
  printSpace?: boolean;
  metric?: string;
  maximize?: boolean;
  metrics?: MetricsSource;
  fromEnvironment?: boolean;
  budget?: number;
  trials?: number;
  concurrency?: number;
  devices?: string[];
  sampler?: SamplerName;
  pruner?: PrunerName;
  seed?: number;
  trialTimeout?: number;
  grace?: number;
  retries?: number;
  maxFailures?: number;
  patience?: number;
  study?: string;
  state?: string;
  storage?: string;
  resume?: string;
}

export function addOptimizeFlags(command: Command): Command {
  command
    .optionsGroup('What is searched:')
    .addOption(new Option('--space <file>', 'the search space, as docs/optimize.md describes it').conflicts('preset'))
    .option('--preset <name>', "a ready-made space for a training tool's flags")
    .option('--presets', 'list the ready-made spaces')
    .option('--print-space', 'print the space as JSON, to begin a file of your own, and end')
    .option('--from-environment', 'the command reads GOLDILOCKS_PARAM_… or GOLDILOCKS_PARAMS_FILE itself')
    .optionsGroup('What is improved:')
    .option('--metric <name>', 'the metric to improve, such as eval_loss')
    .option('--maximize', 'more of it is better')
    .option(
      '--metrics <where>',
      'output (default), pattern:REGEX, tensorboard:FOLDER or file:PATH (.jsonl, .json, .csv)',
      metricsSource,
    )
    .optionsGroup('How long, and how many at a time:')
    .addOption(new Option('--budget <time>', 'time for everything, such as 30m or 2h').argParser(minutesOf))
    .option('--trials <count>', 'trials in all (default: 30, where no time is given)', count(1, '30'))
    .option('--concurrency <count>', 'commands at a time (default: one a device, else 1)', count(1, '2'))
    .option('--devices <list>', 'accelerators, one for each command at a time, such as 0,1', names)
    .option('--trial-timeout <time>', 'time for one trial, such as 20m', minutesOf)
    .option('--patience <count>', 'end after so many complete trials without a better one', count(1, '15'));
  return addPlaceFlags(addEndingFlags(command));
}

function addEndingFlags(command: Command): Command {
  return command
    .optionsGroup('How it searches:')
    .option('--sampler <name>', `${samplerNames.join(', ')} (default: auto)`, choice(samplerNames))
    .option('--pruner <name>', `stops losers early: ${prunerNames.join(', ')} (default: median)`, choice(prunerNames))
    .option('--seed <seed>', 'of the search, and what {seed} stands for (default: 0)', count(0, '1'))
    .optionsGroup('When commands fail or stop:')
    .option('--grace <time>', 'from asking a command to end to ending it (default: 10s)', minutesOf)
    .option('--retries <count>', 'how often a command that failed is tried again (default: 0)', count(0, '1'))
    .option('--max-failures <count>', 'failed trials in a row that end the search (default: 3)', count(1, '5'))
    .option('--resume <study>', 'go on with a study, with more --budget or --trials if you like')
    .optionsGroup('Where it is kept:')
    .option('--study <name>', "the study's name (default: the script's name with a number)")
    .option('--state <folder>', "studies and the trials' logs (default: .goldilocks here)")
    .option('--storage <database>', 'a database shared with other machines instead of the one there');
}

function metricsSource(text: string): MetricsSource {
  const [kind = '', ...rest] = text.split(':');
  const value = rest.join(':');
  if (kind === 'output' && value === '') return { from: 'output' };
  if (value !== '') {
    if (kind === 'pattern') return { from: 'pattern', pattern: value };
    if (kind === 'tensorboard') return { from: 'tensorboard', path: value };
    if (kind === 'file') return { from: 'file', path: value };
  }
  throw new InvalidArgumentError(
    "It must be output, pattern:REGEX, tensorboard:FOLDER or file:PATH, such as 'file:{trial_dir}/metrics.csv'.",
  );
}

/** The space that the flags name, with what they change of it. */
export async function spaceOf(flags: OptimizeFlags): Promise<SpaceFile> {
  const given = await givenSpace(flags);
  const { checkSpace } = await import('../../optimize/space/check-space.js');
  const objectives = flags.metric === undefined ? given.objectives : [objectiveOf(flags, given)];
  const space = { ...given, objectives, metrics: flags.metrics ?? given.metrics };
  checkSpace(space, flags.space ?? 'the space');
  return space;
}

async function givenSpace({ space, preset }: OptimizeFlags): Promise<SpaceFile> {
  if (space !== undefined) {
    const { readSpace } = await import('../../optimize/space/read-space.js');
    return readSpace(space);
  }
  if (preset !== undefined) {
    const { presetNamed } = await import('../../optimize/presets/presets.js');
    return presetNamed(preset).space;
  }
  throw new UserError(
    'It is not said what to search. Give --space FILE, or --preset NAME (goldilocks optimize --presets lists them).',
  );
}

/** A metric that the space knows keeps its direction there. */
function objectiveOf({ metric, maximize }: OptimizeFlags, { objectives = [] }: SpaceFile) {
  const known = objectives.find((objective) => objective.metric === metric);
  const direction = maximize ? ('maximize' as const) : (known?.direction ?? ('minimize' as const));
  return { ...known, metric: metric!, direction };
}

/** Everything but command and space. */
export function searchSettings(flags: OptimizeFlags): Omit<OptimizeSettings, 'command' | 'space'> {
  const { budget, trialTimeout, grace } = flags;
  const { trials, concurrency, devices, sampler, pruner, seed, retries, maxFailures, patience, fromEnvironment } =
    flags;
  return {
    ...{ minutes: budget, trialMinutes: trialTimeout, graceSeconds: grace === undefined ? undefined : grace * 60 },
    ...{ trials, concurrency, devices, sampler, pruner, seed, retries, maxFailures, patience, fromEnvironment },
  };
}

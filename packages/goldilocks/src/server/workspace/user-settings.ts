// Hyperparameters that the page holds at a value, as the journey takes them.
import type { Params } from '@goldilocks/protocol';
import { UserError } from '../../errors.js';
import type { UserSettings } from '../../plan/user-settings.js';
import { excerpt } from '../../terminal/strip-control.js';

type Write = (value: number | string) => UserSettings;

const numbers = ['learningRate', 'batchSize', 'epochs', 'dropout', 'weightDecay', 'patience'] as const;

const writers: Record<string, Write> = {
  ...Object.fromEntries(numbers.map((name) => [name, (value: number | string) => ({ [name]: numberOf(name, value) })])),
  schedule: (value) => ({ schedule: { name: String(value) as NonNullable<UserSettings['schedule']>['name'] } }),
  warmup: (value) => ({ schedule: { warmup: numberOf('warmup', value) } }),
  frozenLayers: (value) => ({ freezing: { layers: numberOf('frozenLayers', value) } }),
  unfreeze: (value) => ({ freezing: { unfreeze: value === 'gradual' ? 'gradual' : 'none' } }),
  loraRank: (value) => ({ lora: { rank: numberOf('loraRank', value) } }),
};

/** Undefined where nothing is held. @throws UserError for names that are none of the plan's */
export function userSettingsOf(fixed: Params = {}): UserSettings | undefined {
  let settings: UserSettings | undefined;
  for (const [name, value] of Object.entries(fixed)) {
    const write = Object.hasOwn(writers, name) ? writers[name] : undefined;
    if (write === undefined || (typeof value !== 'number' && typeof value !== 'string')) {
      throw new UserError(
        `«${excerpt(name)}» cannot be held at ${JSON.stringify(value)}; give ${Object.keys(writers).join(', ')}.`,
      );
    }
    const more = write(value);
    settings = {
      ...settings,
      ...more,
      ...(more.schedule && { schedule: { ...settings?.schedule, ...more.schedule } }),
      ...(more.freezing && { freezing: { ...settings?.freezing, ...more.freezing } }),
    };
  }
  return settings;
}

function numberOf(name: string, value: number | string): number {
  if (typeof value === 'number') return value;
  throw new UserError(`${name} is a number, not «${excerpt(value)}».`);
}

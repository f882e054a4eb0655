// All ready-made spaces.
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { axolotl } from './axolotl.js';
import { llamaFactory } from './llama-factory.js';
import { mlxLm } from './mlx-lm.js';
import type { Preset } from './preset.js';
import { torchtune } from './torchtune.js';
import { transformers } from './transformers.js';
import { trl } from './trl.js';

export const presets: readonly Preset[] = [transformers, trl, axolotl, llamaFactory, torchtune, mlxLm];

/** Throws UserError where there is none of that name. */
export function presetNamed(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  throw new UserError(
    `There is no preset «${excerpt(name)}». There are ${presets.map((preset) => preset.name).join(', ')}.`,
  );
}

/** A few lines for each, for a person. */
export function presetsText(): string {
  return presets.map(presetText).join('\n\n');
}

function presetText({ name, tool, version, example, note, space }: Preset): string {
  const [objective] = space.objectives ?? [];
  return [
    `${name}: ${tool}, ${version}`,
    `  searches ${Object.keys(space.parameters).join(', ')} for ${objective?.metric}`,
    ...[note, space.note].filter((text) => text !== undefined).map((text) => `  ${text}`),
    `  goldilocks optimize --preset ${name} -- ${example}`,
  ].join('\n');
}

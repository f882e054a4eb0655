// From a space file's parameters to the study's distributions, also where some depend on others.

import type { ParameterSpec } from '@goldilocks/protocol';
import {
  categorical,
  type Distribution,
  float,
  int,
  type JsonValue,
  type SearchSpace,
  type Trial,
} from '@goldilocks/study';

type Parameters = Readonly<Record<string, ParameterSpec>>;

/** @throws InvalidDistributionError for an impossible range or recommendation */
export function distributionOf(spec: ParameterSpec): Distribution {
  const { confidence } = spec;
  switch (spec.type) {
    case 'float': {
      const { log, step = null, recommended } = spec;
      return float(spec.low, spec.high, { log, step, recommended, confidence });
    }
    case 'int': {
      const { log, step, recommended } = spec;
      return int(spec.low, spec.high, { log, step, recommended, confidence });
    }
    case 'categorical':
      return categorical(spec.choices as JsonValue[], { recommended: spec.recommended as JsonValue, confidence });
  }
}

/** A condition's values: a list, or one value alone. */
export function allowedValues(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [values];
}

/** Names with those that others depend on first; null where that is impossible. */
export function inOrder(parameters: Parameters): string[] | null {
  const ordered = new Set<string>();
  const names = Object.keys(parameters);
  while (ordered.size < names.length) {
    const next = names.filter(
      (name) => !ordered.has(name) && Object.keys(parameters[name]!.when ?? {}).every((other) => ordered.has(other)),
    );
    if (next.length === 0) return null;
    for (const name of next) ordered.add(name);
  }
  return [...ordered];
}

/** Whether a parameter is there, given those before it. */
export function applies(spec: ParameterSpec, params: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(spec.when ?? {}).every(
    ([other, values]) =>
      Object.hasOwn(params, other) &&
      allowedValues(values).some((value) => JSON.stringify(value) === JSON.stringify(params[other])),
  );
}

/** The space as a whole; undefined where parameters depend on others, so that they are asked for one after another. */
export function wholeSpace(parameters: Parameters): SearchSpace | undefined {
  const isConditional = Object.values(parameters).some(({ when }) => when !== undefined);
  return isConditional ? undefined : spaceOf(parameters, Object.keys(parameters));
}

/** Sets all parameters that apply to a trial. */
export async function suggestAll(trial: Trial, parameters: Parameters): Promise<void> {
  let left = inOrder(parameters) ?? [];
  for (;;) {
    const now = left.filter((name) => applies(parameters[name]!, trial.params));
    if (now.length === 0) return;
    await trial.suggestAll(spaceOf(parameters, now));
    left = left.filter((name) => !now.includes(name));
  }
}

function spaceOf(parameters: Parameters, names: readonly string[]): SearchSpace {
  return Object.fromEntries(names.map((name) => [name, distributionOf(parameters[name]!)]));
}

/** The recommended values; null where nothing is recommended. */
export function recommendedParams(parameters: Parameters): Record<string, JsonValue> | null {
  const params: Record<string, JsonValue> = {};
  for (const name of inOrder(parameters) ?? []) {
    const { recommended } = parameters[name]!;
    if (recommended !== undefined && applies(parameters[name]!, params)) params[name] = recommended as JsonValue;
  }
  return Object.keys(params).length === 0 ? null : params;
}

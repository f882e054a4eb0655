/** Distributions as Optuna writes them into `trial_params.distribution_json`. */

import { z } from 'zod';
import { StorageCorruptError } from '../errors.js';
import { formatJson, type JsonValue, parseJson } from '../json.js';
import { categorical, type Distribution, float, int } from './distribution.js';

const range = { low: z.number(), high: z.number() };
const json = z.any() as z.ZodType<JsonValue>;

// The last five are the classes of Optuna before 3.0, still found in old databases.
const schema = z.discriminatedUnion('name', [
  form('FloatDistribution', { ...range, log: z.boolean().default(false), step: z.number().nullable().default(null) }),
  form('IntDistribution', { ...range, log: z.boolean().default(false), step: z.number().default(1) }),
  form('CategoricalDistribution', { choices: z.array(json) }),
  form('UniformDistribution', range),
  form('LogUniformDistribution', range),
  form('DiscreteUniformDistribution', { ...range, q: z.number() }),
  form('IntUniformDistribution', { ...range, step: z.number().default(1) }),
  form('IntLogUniformDistribution', { ...range, step: z.number().default(1) }),
]);

function form<const N extends string, S extends z.ZodRawShape>(name: N, attributes: S) {
  return z.object({ name: z.literal(name), attributes: z.object(attributes) });
}

const known = new Map<string, Distribution>();
const KNOWN_LIMIT = 10_000;

/**
 * Reads a distribution; the same text gives the same object, so that equality is quick.
 * @throws StorageCorruptError when the text is no distribution of Optuna's
 */
export function parseDistribution(text: string): Distribution {
  const before = known.get(text);
  if (before) return before;
  let distribution: Distribution;
  try {
    distribution = build(schema.parse(parseJson(text)));
  } catch (cause) {
    throw new StorageCorruptError(`The database holds a distribution that cannot be read: ${text.slice(0, 200)}`, {
      cause,
    });
  }
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(text, distribution);
  return distribution;
}

function build(parsed: z.infer<typeof schema>): Distribution {
  switch (parsed.name) {
    case 'FloatDistribution':
      return float(parsed.attributes.low, parsed.attributes.high, parsed.attributes);
    case 'IntDistribution':
      return int(parsed.attributes.low, parsed.attributes.high, parsed.attributes);
    case 'CategoricalDistribution':
      return categorical(parsed.attributes.choices);
    case 'UniformDistribution':
      return float(parsed.attributes.low, parsed.attributes.high);
    case 'LogUniformDistribution':
      return float(parsed.attributes.low, parsed.attributes.high, { log: true });
    case 'DiscreteUniformDistribution':
      return float(parsed.attributes.low, parsed.attributes.high, { step: parsed.attributes.q });
    case 'IntUniformDistribution':
      return int(parsed.attributes.low, parsed.attributes.high, { step: parsed.attributes.step });
    case 'IntLogUniformDistribution':
      return int(parsed.attributes.low, parsed.attributes.high, { log: true });
  }
}

const written = new WeakMap<Distribution, string>();

/** Writes a distribution, in Optuna's spelling and order of keys. */
export function formatDistribution(distribution: Distribution): string {
  const before = written.get(distribution);
  if (before) return before;
  const text = formatJson(toOptuna(distribution));
  written.set(distribution, text);
  return text;
}

function toOptuna(distribution: Distribution): object {
  switch (distribution.type) {
    case 'categorical':
      return { name: 'CategoricalDistribution', attributes: { choices: distribution.choices } };
    case 'float': {
      const { step, low, high, log } = distribution;
      return { name: 'FloatDistribution', attributes: { step, low, high, log } };
    }
    case 'int': {
      const { log, step, low, high } = distribution;
      return { name: 'IntDistribution', attributes: { log, step, low, high } };
    }
  }
}

// The classes that an encoder tells apart: from its configuration, or given with the data.
import { z } from 'zod';
import { optional, type RawConfig, readFields, refuse } from './config.js';

/** A field of config.json beside those of Transformers: classes to train for, whatever the checkpoint was trained for. */
export const wantedLabelsKey = 'goldilocks_labels';

const mostClasses = 100_000;
const fields = {
  id2label: optional(z.record(z.string().regex(/^\d{1,6}$/), z.string().max(10_000))),
  architectures: optional(z.array(z.string())),
  problem_type: optional(z.string()),
  [wantedLabelsKey]: optional(z.array(z.string())),
};

export interface Classes {
  labels: readonly string[];
  /** Whether the checkpoint's output layer, if it has one, is not for these classes. */
  isNew: boolean;
  /** The values of config.json. */
  written: RawConfig;
}

/**
 * @param given the classes to train for; without them those noted in the configuration, or that the checkpoint was trained for
 * @param className the class of Transformers that holds a trained output layer
 * @throws ModelFormatError where there are none, or they do not fit together
 */
export function readClasses(raw: RawConfig, file: string, className: string, given?: readonly string[]): Classes {
  const values = readFields(fields, raw, file);
  const { id2label, architectures = [], problem_type: kind, [wantedLabelsKey]: noted } = values;
  const labels = given ?? noted;
  if (kind !== undefined && kind !== 'single_label_classification') {
    throw refuse(file, `problem_type "${kind}" is not supported; supported: single_label_classification`);
  }
  const names = Object.entries(id2label ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  const own = architectures.includes(className) ? names.map(([, name]) => name) : [];
  const isSame = labels === undefined || [...labels].sort().join('\0') === [...own].sort().join('\0');
  const chosen = isSame ? own : labels;
  if (chosen.length < 2 || chosen.length > mostClasses || new Set(chosen).size < chosen.length) {
    throw refuse(
      file,
      chosen.length === 0
        ? 'it is an encoder without classes to tell apart. Give it data with labels to train on'
        : `it would tell apart ${chosen.length} classes; it must be 2 … ${mostClasses}, all different`,
    );
  }
  const id2labelWritten = Object.fromEntries(chosen.map((label, id) => [String(id), label]));
  const label2id = Object.fromEntries(chosen.map((label, id) => [label, id]));
  return {
    labels: chosen,
    isNew: !isSame,
    written: {
      id2label: id2labelWritten,
      label2id,
      problem_type: 'single_label_classification',
      [wantedLabelsKey]: undefined,
    },
  };
}

// Inspects data with the lengths in a model's tokens, without starting a study.
import { dirname } from 'node:path';
import type { InspectedData } from '../inspect/types.js';
import type { DataOptions, ModelOptions } from '../journey/options.js';
import { inspectOptionsOf, openModelFor } from '../journey/prepare.js';
import { withWorkplace } from '../use/workplace.js';
import type { TrialEngine } from '../workers/operations.js';

export interface InspectDataOptions extends DataOptions, ModelOptions {
  engine?: TrialEngine;
  signal?: AbortSignal;
}

/** @throws UserError where the data or the model cannot be used */
export function inspectData(options: InspectDataOptions): Promise<InspectedData> {
  const { data: path, engine, signal } = options;
  return withWorkplace(
    { purpose: 'the inspection', near: dirname(path), engine, signal },
    async ({ process, cache }) => {
      const model = await openModelFor(process, cache, options);
      return process.run(
        'inspect',
        { path, model: model.directory, options: inspectOptionsOf(options, model) },
        { signal },
      );
    },
  );
}

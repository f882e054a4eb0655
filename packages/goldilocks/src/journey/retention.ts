// What is forgotten: each whole run of the search says its loss on the reference text, which counts against it beyond a limit.
import { UserError } from '../errors.js';
import { tuned } from '../search/run-trial.js';
import type { ExamplesReference, TrialProcess } from '../workers/operations.js';
import type { JourneyContext } from './context.js';
import { tokenizeReference } from './similarity-stage.js';

export interface Retention {
  reference: ExamplesReference;
  /** The base model's loss on it. */
  baseLoss: number;
  /** Nats by which it may rise without a price; absent: it is measured, no more. */
  limit?: number;
}

/** Undefined where nothing can be measured: an encoder continues no text, and an engine may keep no weights to ask. */
export async function retentionOf(context: JourneyContext, directory: string): Promise<Retention | undefined> {
  const { record, engine } = context;
  const { retentionLimit: limit } = record.settings;
  const { model } = record;
  if (model?.isEncoder && limit !== undefined) {
    throw new UserError('An encoder continues no text, so there is no skill to keep: leave --retention-limit away.');
  }
  if (model === undefined || model.isEncoder || (engine.keepsModels === false && limit === undefined)) return undefined;
  const process = context.preparation();
  const { file } = await tokenizeReference({ process, cache: context.state.cache, model });
  const reference = { file };
  // The stage that follows saves the record.
  if (record.baseReferenceLoss === undefined) {
    const asked = { model: { kind: 'directory', directory }, examples: reference } as const;
    record.baseReferenceLoss = (await process.run('evaluateLoss', asked)).loss;
  }
  return { reference, baseLoss: record.baseReferenceLoss, limit };
}

/** The loss on the reference text of the weights that a run has kept. */
export async function lossOnReference(process: TrialProcess, { reference }: Retention): Promise<number> {
  const { loss } = await process.run('evaluateLoss', {
    model: { kind: 'kept', name: tuned },
    examples: reference,
  });
  return loss;
}

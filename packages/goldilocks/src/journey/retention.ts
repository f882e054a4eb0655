// The price of forgetting, where a limit was set; measured on the base model.
import { UserError } from '../errors.js';
import type { JourneyContext } from './context.js';
import type { RetentionTerm } from './objective.js';
import { tokenizeReference } from './similarity-stage.js';

export async function retentionTerm(context: JourneyContext, directory: string): Promise<RetentionTerm | undefined> {
  const { settings, model } = context.record;
  if (settings.retentionLimit === undefined || model === undefined) return undefined;
  if (model.isEncoder) {
    throw new UserError('An encoder continues no text, so there is no skill to keep: leave --retention-limit away.');
  }
  const process = context.preparation();
  const reference = await tokenizeReference({ process, cache: context.state.cache, model });
  const examples = { file: reference.file };
  const { loss } = await process.run('evaluateLoss', { model: { kind: 'directory', directory }, examples });
  return { reference: examples, baseLoss: loss, limit: settings.retentionLimit };
}

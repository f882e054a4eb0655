// Stage 2: recommended settings, adjusted to these data, with the search space around them.
import type { Plan } from '../plan/plan.js';
import { makePlan } from '../plan/plan.js';
import { pastSentence } from '../transfer/past-winner.js';
import { pastWinners } from '../transfer/past-winners.js';
import { type JourneyContext, runStage, tell } from './context.js';
import { dataFacts } from './facts.js';
import type { Prepared } from './inspect-stage.js';
import { budgetOf } from './options.js';
import { measureSimilarity } from './similarity-stage.js';

export async function planStage(context: JourneyContext, prepared: Prepared): Promise<Plan> {
  const { record } = context;
  if (record.plan !== undefined) return record.plan;
  return runStage(context, 'plan', async () => {
    const plan = await planFor(context, prepared);
    record.plan = plan;
    record.past = record.settings.fresh ? [] : await pastWinners(context, plan);
    for (const past of record.past) tell(context, pastSentence(past));
    for (const warning of plan.warnings) tell(context, warning, 'warning');
    const changed = plan.adjustments.length;
    const adjusted =
      changed === 0 ? 'as recommended' : `${changed} ${changed === 1 ? 'adjustment' : 'adjustments'} to the data`;
    const familiarity = plan.similarity === undefined ? '' : ` ${plan.similarity.sentence}.`;
    return { result: plan, summary: `${plan.taskKind.kind}; ${adjusted}.${familiarity}` };
  });
}

export async function planFor(context: JourneyContext, prepared: Prepared): Promise<Plan> {
  const { settings } = context.record;
  const { model, data, tokens, template } = prepared;
  const process = context.preparation();
  const similarity = await measureSimilarity({ process, cache: context.state.cache, model, data, tokens, template });
  return makePlan({
    model,
    data: dataFacts(data, tokens),
    similarity,
    budget: budgetOf(settings),
    method: settings.method,
    userSettings: settings.settings,
    seed: settings.seed,
  });
}

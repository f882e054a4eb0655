// A trial of values that a person asked for, waiting in the study to be run next.
import type { FrozenTrial, Params, Storage } from '@goldilocks/study';

const commandAttribute = 'goldilocks:command';

/** Once for each command, however often it is obeyed. @param id the command's */
export async function addWishedTrial(
  { storage, studyId }: { storage: Storage; studyId: number },
  { id, params, trials }: { id: string; params: Params; trials: readonly FrozenTrial[] },
): Promise<void> {
  if (trials.some(({ userAttributes }) => userAttributes[commandAttribute] === id)) return;
  await storage.addTrial(studyId, {
    state: 'WAITING',
    userAttributes: { [commandAttribute]: id },
    systemAttributes: { fixed_params: params },
  });
}

export const isWished = ({ userAttributes }: FrozenTrial): boolean => userAttributes[commandAttribute] !== undefined;

// Counts how often what a report says of simulated studies is true.
import type { ParamValue, VerdictKind } from '@goldilocks/protocol';
import { judge } from '../evidence.js';
import { findZones, type Side } from '../zones.js';
import { type SimulatedStudy, simulatedNoise, simulatedParameters, simulateStudy } from './simulated-study.js';

export interface Tally {
  /** Sides (or choices) said to end worse, to fall behind early, and «makes no difference»; of each, the wrong ones. */
  worse: number;
  worseWrong: number;
  behind: number;
  behindWrong: number;
  /** Of those that fell behind, the ones that would not have ended worse. */
  caughtUp: number;
  same: number;
  sameWrong: number;
  verdicts: Partial<Record<VerdictKind, number>>;
  /** Hyperparameters that were tested, and those of which something true was said. */
  tested: number;
  told: number;
}

const objective = { title: 'validation loss', direction: 'minimize' } as const;
const wording = { objective, noise: simulatedNoise, nameOf: (name: string) => name };

export function calibrate(trials: number, seeds: readonly number[]): Tally {
  const tally: Tally = {
    ...{ worse: 0, worseWrong: 0, behind: 0, behindWrong: 0, caughtUp: 0, same: 0, sameWrong: 0 },
    verdicts: {},
    ...{ tested: 0, told: 0 },
  };
  for (const seed of seeds) count(simulateStudy(trials, seed), tally);
  return tally;
}

function count(study: SimulatedStudy, tally: Tally): void {
  const { trials, incumbent } = study;
  const input = {
    parameters: simulatedParameters,
    trials,
    incumbent,
    direction: 'minimize',
    noise: simulatedNoise,
  } as const;
  for (const finding of findZones({ ...input, parameters: [...input.parameters] })) {
    const { verdict } = judge(finding, trials[incumbent]!.params[finding.name]!, wording);
    if (verdict === 'not-tested') continue;
    tally.verdicts[verdict] = (tally.verdicts[verdict] ?? 0) + 1;
    tally.tested++;
    let told = 0;
    for (const side of [finding.low, finding.high, ...finding.otherChoices]) {
      if (!side) continue;
      const right = isWorse(study, finding.name, side);
      if (right) told++;
      if (side.early) {
        if (!isWorse(study, finding.name, { ...side, early: false })) tally.caughtUp++;
        tally.behind++;
        if (!right) tally.behindWrong++;
      } else {
        tally.worse++;
        if (!right) tally.worseWrong++;
      }
    }
    if (verdict === 'no-effect-seen') {
      const right = finding.tested.every((value) => Math.abs(effect(study, finding.name, value, 1)) < simulatedNoise);
      tally.same++;
      if (right) told++;
      else tally.sameWrong++;
    }
    if (told > 0) tally.told++;
  }
}

/** True change of the loss where the chosen settings get this one value. */
function effect({ trials, incumbent, truth }: SimulatedStudy, name: string, value: ParamValue, share: number): number {
  const { params } = trials[incumbent]!;
  return (truth({ ...params, [name]: value }, share) ?? Infinity) - truth(params, share)!;
}

/** Whether the values of the trials named are worse on average, by at least half of noise. */
function isWorse(study: SimulatedStudy, name: string, side: Side): boolean {
  const share = side.early && side.stopped.trials.length > 0 ? side.stopped.shares.least : 1;
  const effects = side.trials.map((number) => effect(study, name, study.trials[number]!.params[name]!, share));
  return effects.reduce((sum, value) => sum + value, 0) / effects.length > 0.5 * simulatedNoise;
}

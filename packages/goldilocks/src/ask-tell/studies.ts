// What the server does: studies that programs ask and tell, over restarts of the server too.
import type { askTell } from '@goldilocks/protocol';
import {
  createStudy,
  type FrozenTrial,
  type JsonValue,
  loadStudy,
  type Pruner,
  recoverLostTrials,
  type Storage,
  type Study,
  StudyNotFoundError,
  TrialNotFoundError,
} from '@goldilocks/study';
import type { z } from 'zod';
import { UserError } from '../errors.js';
import { prunerOf, samplerOf } from '../optimize/choose.js';
import { checkSpace } from '../optimize/space/check-space.js';
import { recommendedParams, suggestAll, wholeSpace } from '../optimize/space/search-space.js';
import { fromJsonNumber, type JsonNumber, toJsonNumber } from './numbers.js';

type Request<Name extends keyof typeof askTell> = z.infer<Extract<(typeof askTell)[Name], z.ZodType>>;
type CreateStudy = Request<'createStudyRequest'>;

interface OpenStudy {
  readonly study: Study;
  readonly settings: CreateStudy;
  readonly pruner: Pruner;
}

/** The study's attribute that holds what it was created with. */
const SETTINGS_KEY = 'goldilocks:ask-tell';

/** A trial that gave a sign of life is taken for lost two minutes after the last. */
const heartbeat = { intervalMs: 60_000, graceMs: 120_000, retries: 1 };

export class Studies {
  readonly #storage: Storage;
  readonly #open = new Map<string, Promise<OpenStudy>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Goes on with a study of that name and space if there is one. */
  async create(settings: CreateStudy) {
    checkSpace(settings.space, 'space');
    const { objectives } = settings.space;
    if (objectives === undefined)
      throw new UserError('space.objectives is missing; say what is improved, and which way.');
    const before = await this.#storage.findStudy(settings.name);
    if (before === null) {
      const directions = objectives.map(({ direction = 'minimize' }) => direction);
      const study = await createStudy({ storage: this.#storage, name: settings.name, directions });
      await study.setMetricNames(objectives.map(({ metric }) => metric));
      await study.setUserAttribute(SETTINGS_KEY, JSON.stringify(settings));
      const recommended = recommendedParams(settings.space.parameters);
      if (recommended !== null) await study.enqueue(recommended);
    } else if (before.userAttributes[SETTINGS_KEY] !== JSON.stringify(settings)) {
      throw new UserError(`There is a study «${settings.name}» with other settings; choose another name.`);
    }
    const { study } = await this.#study(settings.name);
    return { name: settings.name, created: before === null, trials: (await study.trials()).length };
  }

  async ask(name: string): Promise<Request<'askAnswer'>> {
    const { study, settings } = await this.#study(name);
    await recoverLostTrials(study, heartbeat);
    const { parameters } = settings.space;
    const whole = wholeSpace(parameters);
    const trial = whole === undefined ? await study.ask() : await study.ask(whole);
    await suggestAll(trial, parameters);
    return { trial: trial.number, params: trial.params as Request<'askAnswer'>['params'] };
  }

  async report(name: string, number: number, { step, value }: Request<'reportRequest'>) {
    const { study, pruner } = await this.#study(name);
    const before = await trialOf(study, number);
    if (!before.intermediateValues.has(step)) {
      const intermediateValues = new Map([[step, fromJsonNumber(value)]]);
      await study.storage.writeTrial(before.id, { intermediateValues });
    }
    const [direction, second] = study.directions;
    if (second !== undefined) return { should_prune: false };
    const trials = await study.trials();
    const context = { studyName: name, direction: direction!, trial: trials[number]!, trials };
    const { prune, systemAttributes = {} } = pruner.decide(context);
    if (Object.keys(systemAttributes).length > 0) await study.storage.writeTrial(before.id, { systemAttributes });
    return { should_prune: prune };
  }

  async tell(name: string, number: number, told: Request<'tellRequest'>) {
    const { study } = await this.#study(name);
    const before = await trialOf(study, number);
    if ('state' in told) {
      const failure = told.state === 'FAIL' ? (told.reason ?? 'told so') : undefined;
      return endOf(await study.tell(number, null, { state: told.state, ...(failure !== undefined && { failure }) }));
    }
    const { values, constraints = {} } = told;
    const systemAttributes = constraintAttributes(constraints);
    if (Object.keys(constraints).length > 0) await study.storage.writeTrial(before.id, { systemAttributes });
    const list = Array.isArray(values) ? values : [values];
    return endOf(await study.tell(number, list.map(fromJsonNumber)));
  }

  async heartbeat(name: string, number: number) {
    const { study } = await this.#study(name);
    const trial = await trialOf(study, number);
    await study.storage.recordHeartbeat(trial.id);
    return endOf(trial);
  }

  async best(name: string) {
    const { study } = await this.#study(name);
    const trials = await study.bestTrials();
    const shown = study.directions.length === 1 ? trials.slice(0, 1) : trials;
    return { trials: shown.map((trial) => ({ ...numberOf(trial), values: valuesOf(trial)!, params: trial.params })) };
  }

  async trials(name: string) {
    const { study } = await this.#study(name);
    const trials = (await study.trials()).map((trial) => ({
      ...endOf(trial),
      values: valuesOf(trial),
      params: trial.params,
    }));
    return { trials };
  }

  async #study(name: string): Promise<OpenStudy> {
    const known = this.#open.get(name) ?? this.#load(name);
    this.#open.set(name, known);
    known.catch(() => this.#open.delete(name)); // the caller is told; another try may do better
    return known;
  }

  async #load(name: string): Promise<OpenStudy> {
    const found = await this.#storage.findStudy(name);
    const kept = found?.userAttributes[SETTINGS_KEY];
    if (typeof kept !== 'string') {
      throw new StudyNotFoundError(`There is no study «${name}» that was begun here; begin it with POST /studies.`);
    }
    const settings = JSON.parse(kept) as CreateStudy;
    const sampler = samplerOf(settings.sampler ?? 'auto', settings.seed ?? 0);
    const pruner = prunerOf(settings.pruner ?? 'median');
    return { study: await loadStudy({ storage: this.#storage, name, sampler, pruner }), settings, pruner };
  }
}

async function trialOf(study: Study, number: number): Promise<FrozenTrial> {
  const trial = (await study.trials())[number];
  if (trial !== undefined) return trial;
  throw new TrialNotFoundError(`Study «${study.name}» has no trial ${number}.`);
}

function numberOf({ number }: FrozenTrial) {
  return { trial: number };
}

function endOf({ number, state }: FrozenTrial) {
  return { trial: number, state };
}

function valuesOf({ values }: FrozenTrial): JsonNumber[] | null {
  return values === null ? null : values.map(toJsonNumber);
}

/** As the study keeps them: see `constraintsOf`. */
function constraintAttributes(constraints: Readonly<Record<string, number>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(constraints).map(([name, value]) => [`constraints:${name}`, value]));
}

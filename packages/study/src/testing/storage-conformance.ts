/** The checks that every storage passes: the obligations of `Storage`, one by one. */

import { categorical, float, int } from '../distributions/distribution.js';
import {
  DuplicateStudyError,
  InvalidDistributionError,
  InvalidParameterError,
  StudyNotFoundError,
  TrialNotFoundError,
  TrialNotRunningError,
} from '../errors.js';
import type { JsonValue } from '../json.js';
import type { FrozenStudy, Storage, StudyTemplate, TrialChanges } from '../storages/storage.js';
import type { FrozenTrial, TrialTemplate } from '../trial/frozen-trial.js';
import { type ConformanceCheck, expectEqual, expectRejects, expectTrue } from './suite.js';

export interface StorageSubject {
  readonly storage: Storage;
  /** Another object on the same data, as another process would have; the same one where there is no such thing. */
  another(): Promise<Storage>;
}

const VALUES: JsonValue = {
  text: 'ä\u0000"\\',
  list: [1, null, true, 0.1],
  nan: Number.NaN,
  inf: [Infinity, -Infinity],
};

/** @param open gives a storage without studies, for each check anew */
export function storageConformance(open: () => Promise<StorageSubject>): ConformanceCheck[] {
  const check = (name: string, run: (subject: StorageSubject) => Promise<void>): ConformanceCheck => ({
    name,
    run: async () => {
      const subject = await open();
      try {
        await run(subject);
      } finally {
        await subject.storage.close();
      }
    },
  });
  return [
    check('studies are created, found, listed and deleted', checkStudies),
    check('attributes of studies survive, whatever JSON they hold', checkStudyAttributes),
    check('trials have numbers without gaps and growing ids, also when started at once', checkNumbers),
    check('each waiting trial is started once, the oldest first', checkWaiting),
    check('what is read with a start is as of after it', checkStartAndRead),
    check('parameters of every kind survive', checkParams),
    check('a parameter is set once, and nothing of a refused write is kept', checkParamsSetOnce),
    check('a name keeps its kind of distribution within a study', checkCompatibility),
    check('values and reports survive, also NaN and infinities', checkValues),
    check('only running trials are written to', checkStates),
    check('snapshots do not change', checkSnapshots),
    check('getTrials reads what the filter names', checkFilter),
    check('trials made elsewhere are added as they are', checkAddTrial),
    check('studies made elsewhere are added as a whole, or not at all', checkAddStudies),
    check('an attribute is replaced by one of those who saw the same', checkReplace),
    check('trials whose owner fell silent are failed, once', checkHeartbeats),
    check('unknown ids are refused', checkUnknownIds),
  ];
}

async function checkStudies({ storage, another }: StorageSubject): Promise<void> {
  const first = await storage.createStudy('first', ['minimize']);
  const second = await storage.createStudy('zweite ☃', ['maximize', 'minimize']);
  expectTrue(second.id !== first.id, 'studies have ids of their own');
  await expectRejects(() => storage.createStudy('first', ['minimize']), DuplicateStudyError, 'a name that is taken');
  const other = await another();
  expectEqual(await other.findStudy('zweite ☃'), second, 'a study found by name');
  expectEqual(await other.findStudy('third'), null, 'no study of that name');
  expectEqual(await other.getStudy(first.id), first, 'a study by id');
  expectEqual(
    (await other.getStudies()).map(({ name }) => name),
    ['first', 'zweite ☃'],
    'all studies, oldest first',
  );
  const kept = await storage.startTrial(second.id);
  const lost = await storage.startTrial(first.id);
  await storage.writeTrial(lost.id, { userAttributes: { a: 1 }, intermediateValues: new Map([[0, 1]]) });
  await storage.deleteStudy(first.id);
  expectEqual(await storage.findStudy('first'), null, 'a deleted study');
  await expectRejects(() => storage.getTrial(lost.id), TrialNotFoundError, 'a trial of a deleted study');
  expectEqual(await storage.getTrial(kept.id), kept, 'a trial of another study');
}

async function checkStudyAttributes({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  await storage.setStudyUserAttribute(id, 'key', 1);
  await storage.setStudyUserAttribute(id, 'key', VALUES);
  await storage.setStudySystemAttribute(id, 'key', 'system');
  const study = await (await another()).getStudy(id);
  expectEqual(study.userAttributes, { key: VALUES }, 'user attributes');
  expectEqual(study.systemAttributes, { key: 'system' }, 'system attributes');
}

async function checkNumbers({ storage, another }: StorageSubject): Promise<void> {
  const a = await storage.createStudy('a', ['minimize']);
  const b = await storage.createStudy('b', ['minimize']);
  const other = await another();
  await Promise.all(Array.from({ length: 24 }, (_, i) => (i % 2 ? storage : other).startTrial(i % 3 ? a.id : b.id)));
  for (const [study, count] of [
    [a, 16],
    [b, 8],
  ] as const) {
    const trials = await storage.getTrials(study.id);
    expectEqual(
      trials.map(({ number }) => number),
      Array.from({ length: count }, (_, i) => i),
      'numbers by ascending id',
    );
    expectTrue(
      trials.every(({ id }, i) => i === 0 || id > trials[i - 1]!.id),
      'ids grow',
    );
    expectTrue(
      trials.every(({ state, startedAt }) => state === 'RUNNING' && startedAt !== null),
      'trials run',
    );
  }
}

async function checkWaiting({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const waiting: number[] = [];
  for (let i = 0; i < 6; i++) {
    waiting.push(
      (await storage.addTrial(id, { state: 'WAITING', systemAttributes: { fixed_params: { x: i } } })).number,
    );
  }
  const first = await storage.startTrial(id);
  expectEqual(
    [first.number, first.state, first.systemAttributes],
    [0, 'RUNNING', { fixed_params: { x: 0 } }],
    'the oldest',
  );
  expectTrue(first.startedAt !== null, 'a started trial has its time');
  const other = await another();
  const started = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? storage : other).startTrial(id)));
  const numbers = started.map(({ number }) => number).sort((x, y) => x - y);
  expectEqual(numbers, [...waiting.slice(1), 6, 7, 8], 'each waiting trial once, then new ones');
}

async function checkStartAndRead({ storage }: StorageSubject): Promise<void> {
  if (!storage.startAndRead) return;
  const { id } = await storage.createStudy('a', ['minimize']);
  const waiting = await storage.addTrial(id, { state: 'WAITING', userAttributes: { a: 1 } });
  for (const filter of [
    { newerThan: 0, also: [] },
    { newerThan: waiting.id, also: [waiting.id] },
  ]) {
    const { trial, trials } = await storage.startAndRead(id, filter);
    expectEqual(await storage.getTrial(trial.id), trial, 'the trial that was started');
    if (trials) expectEqual(trials, await storage.getTrials(id, filter), 'what was read with it');
  }
}

async function checkParams({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const trial = await storage.startTrial(id);
  const choices = categorical(['a', null, 1, 2.5, true, [1, { b: 2 }], Number.NaN]);
  const params = new Map([
    ['rate', { internal: 1 / 3, distribution: float(1e-5, 1, { log: true }) }],
    ['share', { internal: 0.30000000000000004, distribution: float(0, 1, { step: 0.1 }) }],
    ['count', { internal: 24, distribution: int(8, 64, { step: 8 }) }],
    ['choice', { internal: 5, distribution: choices }],
    ['none', { internal: 1, distribution: choices }],
  ]);
  await storage.writeTrial(trial.id, { params });
  const read = await (await another()).getTrial(trial.id);
  expectEqual(
    { ...read.params },
    { rate: 1 / 3, share: 0.30000000000000004, count: 24, choice: [1, { b: 2 }], none: null },
    'parameters',
  );
  expectEqual(Object.keys(read.params), [...params.keys()], 'the order of parameters');
  for (const [name, { distribution }] of params)
    expectEqual(read.distributions[name], distribution, `distribution of ${name}`);
}

async function checkParamsSetOnce({ storage }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const trial = await storage.startTrial(id);
  const x = { internal: 0.5, distribution: float(0, 1) };
  await storage.writeTrial(trial.id, { params: new Map([['x', x]]) });
  const before = await storage.getTrial(trial.id);
  const again: TrialChanges = {
    params: new Map([
      ['y', x],
      ['x', x],
    ]),
    userAttributes: { a: 1 },
  };
  await expectRejects(() => storage.writeTrial(trial.id, again), InvalidParameterError, 'a parameter set twice');
  expectEqual(await storage.getTrial(trial.id), before, 'the trial after a refused write');
}

async function checkCompatibility({ storage }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const write = async (distribution: Parameters<typeof categorical>[0] | ReturnType<typeof float>) => {
    const trial = await storage.startTrial(id);
    const used = 'type' in distribution ? distribution : categorical(distribution);
    await storage.writeTrial(trial.id, {
      params: new Map([['type' in distribution ? 'x' : 'c', { internal: 1, distribution: used }]]),
    });
  };
  await write(float(0, 1));
  await write(float(-5, 9));
  await write(['a', 'b']);
  await expectRejects(() => write(float(0.1, 1, { log: true })), InvalidDistributionError, 'another log flag');
  await expectRejects(() => write(['a', 'c']), InvalidDistributionError, 'other choices');
  const trial = await storage.startTrial(id);
  const asInt: TrialChanges = { params: new Map([['x', { internal: 1, distribution: int(0, 1) }]]) };
  await expectRejects(() => storage.writeTrial(trial.id, asInt), InvalidDistributionError, 'another kind');
}

async function checkValues({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize', 'maximize', 'minimize']);
  const trial = await storage.startTrial(id);
  const reports: [number, number][] = [
    [1, Number.NaN],
    [2, Infinity],
    [3, -Infinity],
    [10, 0.1],
    [7, 5e-324],
  ];
  for (const report of reports) await storage.writeTrial(trial.id, { intermediateValues: new Map([report]) });
  await storage.writeTrial(trial.id, {
    intermediateValues: new Map([[10, 1e308]]),
    userAttributes: { a: VALUES, b: 1 },
  });
  const changes = { userAttributes: { b: 2 }, systemAttributes: { completed_rung_0: 0.25 } };
  const completedAt = await storage.finishTrial(trial.id, 'COMPLETE', [Infinity, 1 / 3, -Infinity], changes);
  const read = await (await another()).getTrial(trial.id);
  expectEqual(read, await storage.getTrial(trial.id), 'a finished trial');
  expectEqual([read.state, read.completedAt], ['COMPLETE', completedAt], 'the end');
  expectEqual(read.values, [Infinity, 1 / 3, -Infinity], 'values');
  const expected = new Map([...reports.slice(0, 3), [10, 1e308], [7, 5e-324]] as [number, number][]);
  expectEqual(new Map([...read.intermediateValues].sort()), new Map([...expected].sort()), 'reports');
  expectEqual(
    [read.userAttributes, read.systemAttributes],
    [{ a: VALUES, b: 2 }, { completed_rung_0: 0.25 }],
    'attributes',
  );
  expectTrue(completedAt >= read.startedAt!, 'the time of the end');
}

async function checkStates({ storage }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const waiting = await storage.addTrial(id, { state: 'WAITING' });
  await expectRejects(
    () => storage.writeTrial(waiting.id, { userAttributes: { a: 1 } }),
    TrialNotRunningError,
    'a waiting trial',
  );
  await expectRejects(() => storage.finishTrial(waiting.id, 'FAIL', null), TrialNotRunningError, 'a waiting trial');
  await storage.startTrial(id);
  for (const state of ['COMPLETE', 'PRUNED', 'FAIL'] as const) {
    const trial = await storage.startTrial(id);
    await storage.finishTrial(trial.id, state, state === 'FAIL' ? null : [1]);
    const ended = await storage.getTrial(trial.id);
    expectEqual([ended.state, ended.values], [state, state === 'FAIL' ? null : [1]], 'the end');
    await expectRejects(
      () => storage.writeTrial(trial.id, { systemAttributes: { a: 1 } }),
      TrialNotRunningError,
      'a finished trial',
    );
    await expectRejects(() => storage.finishTrial(trial.id, 'COMPLETE', [2]), TrialNotRunningError, 'a finished trial');
    expectEqual(await storage.getTrial(trial.id), ended, 'a finished trial after refused writes');
  }
}

async function checkSnapshots({ storage }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const started = await storage.startTrial(id);
  const [listed] = await storage.getTrials(id);
  const before = structuredClone(started);
  const attribute = { list: [1] };
  await storage.writeTrial(started.id, {
    params: new Map([['x', { internal: 0.5, distribution: float(0, 1) }]]),
    intermediateValues: new Map([[1, 1]]),
    userAttributes: { attribute },
  });
  attribute.list.push(2);
  expectEqual([started, listed], [before, before], 'snapshots taken before a write');
  expectEqual((await storage.getTrial(started.id)).userAttributes, { attribute: { list: [1] } }, 'what was handed in');
}

async function checkFilter({ storage }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const other = await storage.createStudy('b', ['minimize']);
  const trials = [];
  for (let i = 0; i < 6; i++) trials.push(await storage.startTrial(id));
  const foreign = await storage.startTrial(other.id);
  const ids = async (newerThan: number, also: number[]) =>
    (await storage.getTrials(id, { newerThan, also })).map((t) => t.id);
  const known = trials.map((trial) => trial.id);
  expectEqual(await ids(0, []), known, 'all');
  expectEqual(await ids(known[3]!, []), known.slice(4), 'newer ones');
  expectEqual(
    await ids(known[3]!, [known[1]!, known[5]!, foreign.id]),
    [known[1], known[4], known[5]],
    'newer ones and named ones',
  );
  expectEqual(await ids(foreign.id, []), [], 'none');
}

async function checkAddTrial({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const template = {
    state: 'PRUNED',
    values: [0.5],
    params: { x: 0.25 },
    distributions: { x: float(0, 1) },
    intermediateValues: new Map([[3, 0.5]]),
    userAttributes: { a: 1 },
    systemAttributes: { b: 2 },
    startedAt: new Date('2026-01-02T03:04:05.678Z'),
    completedAt: new Date('2026-01-02T04:00:00.001Z'),
  } as const;
  const added = await storage.addTrial(id, template);
  const read = await (await another()).getTrial(added.id);
  expectEqual(read, { ...template, values: [0.5], id: added.id, number: 0 }, 'an added trial');
  await expectRejects(() => storage.writeTrial(added.id, {}), TrialNotRunningError, 'an added finished trial');
  const next = await storage.startTrial(id);
  expectEqual(next.number, 1, 'the number after an added trial');
}

async function checkAddStudies({ storage, another }: StorageSubject): Promise<void> {
  const x = { params: { x: 0.25 }, distributions: { x: float(0, 1) } };
  const template: StudyTemplate = {
    name: 'whole',
    directions: ['minimize', 'maximize'],
    userAttributes: { note: VALUES },
    systemAttributes: { 'study:metric_names': ['a', 'b'] },
    trials: [
      { state: 'COMPLETE', values: [0.1, Infinity], ...x, intermediateValues: new Map([[1, Number.NaN]]) },
      { state: 'PRUNED', userAttributes: { a: 1 }, systemAttributes: { b: VALUES } },
      { state: 'WAITING', systemAttributes: { fixed_params: { x: 0.5 } } },
      { state: 'FAIL', startedAt: new Date('2026-01-02T03:04:05.678Z') },
    ],
  };
  const [{ id }] = (await storage.addStudies([template])) as [FrozenStudy];
  const other = await another();
  const study = await other.getStudy(id);
  const { trials: given, ...about } = template;
  expectEqual(study, { id, ...about }, 'an added study');
  const trials = await other.getTrials(id);
  expectEqual(
    trials.map(({ number, state, values }) => [number, state, values]),
    given!.map(({ state, values = null }, number) => [number, state, values]),
    'its trials',
  );
  expectEqual([trials[0]!.params, trials[0]!.distributions], [x.params, x.distributions], 'parameters');
  expectEqual(trials[0]!.intermediateValues, new Map([[1, Number.NaN]]), 'reports');
  expectEqual([trials[1]!.userAttributes, trials[1]!.systemAttributes], [{ a: 1 }, { b: VALUES }], 'attributes');
  expectEqual(trials[3]!.startedAt, new Date('2026-01-02T03:04:05.678Z'), 'a time');
  expectEqual((await storage.startTrial(id)).number, 2, 'the trial that waits');
  expectEqual((await storage.startTrial(id)).number, 4, 'the next number');
  await expectRejects(() => storage.addStudies([template]), DuplicateStudyError, 'a name that is taken');
  const torn: TrialTemplate[] = [
    { state: 'COMPLETE', values: [1, 1], ...x },
    { state: 'FAIL', params: { x: 1 }, distributions: { x: int(0, 3) } },
  ];
  await expectRejects(
    () =>
      storage.addStudies([
        { ...template, name: 'sound' },
        { ...about, name: 'torn', trials: torn },
      ]),
    InvalidDistributionError,
    'one name for two kinds',
  );
  expectEqual(await other.findStudy('sound'), null, 'a study added with one that was refused');
  expectEqual(await other.findStudy('torn'), null, 'a study that was refused');
}

async function checkReplace({ storage, another }: StorageSubject): Promise<void> {
  const study = await storage.createStudy('s', ['minimize']);
  const { id } = await storage.startTrial(study.id);
  const other = await another();
  const replace = (by: Storage, seen: JsonValue | undefined, value: JsonValue) =>
    by.replaceSystemAttribute(id, 'claim', seen, value);
  const of = async () => (await other.getTrial(id)).systemAttributes.claim;
  expectEqual(
    (await Promise.all([replace(storage, undefined, 'a'), replace(other, undefined, 'b')])).filter(Boolean).length,
    1,
    'writers of an attribute that is not there',
  );
  const first = (await of())!;
  const next = { worker: 'c', beat: 1 };
  expectEqual(await replace(storage, 'z', next), false, 'a writer who saw something else');
  expectEqual(await of(), first, 'what he leaves');
  expectEqual(
    (await Promise.all([replace(storage, first, next), replace(other, first, { worker: 'd' })])).filter(Boolean).length,
    1,
    'writers who saw the same',
  );
  expectEqual(await replace(other, undefined, 'e'), false, 'a writer who saw nothing where there is something');
  await storage.finishTrial(id, 'PRUNED', null);
  await expectRejects(() => replace(storage, next, 'f'), TrialNotRunningError, 'a write to a finished trial');
  await expectRejects(
    () => storage.replaceSystemAttribute(id + 1000, 'claim', undefined, 1),
    TrialNotFoundError,
    'an unknown trial',
  );
}

async function checkHeartbeats({ storage, another }: StorageSubject): Promise<void> {
  const { id } = await storage.createStudy('a', ['minimize']);
  const [silent, ended, lost, alive] = await Promise.all(Array.from({ length: 4 }, () => storage.startTrial(id)));
  for (const trial of [ended!, lost!, alive!, alive!]) await storage.recordHeartbeat(trial.id);
  await storage.finishTrial(ended!.id, 'COMPLETE', [1]);
  await expectRejects(
    () => storage.recordHeartbeat(ended!.id),
    TrialNotRunningError,
    'a heartbeat of a finished trial',
  );
  const other = await another();
  expectEqual(await other.failStaleTrials(id, 3_600_000), [], 'stale trials within the grace period');
  // With a negative grace every heartbeat is too old.
  const changes = { systemAttributes: { failure: 'lost' } };
  const found = await Promise.all([storage.failStaleTrials(id, -1, changes), other.failStaleTrials(id, -1, changes)]);
  // Trials started at once are numbered in any order.
  const byNumber = (trials: readonly FrozenTrial[]) => [...trials].sort((a, b) => a.number - b.number);
  const shown = byNumber(found.flat()).map(({ number, state, systemAttributes }) => [number, state, systemAttributes]);
  const expected = byNumber([lost!, alive!]).map(({ number }) => [number, 'FAIL', { failure: 'lost' }]);
  expectEqual(shown, expected, 'stale trials of two callers');
  await expectRejects(
    () => storage.finishTrial(lost!.id, 'COMPLETE', [1]),
    TrialNotRunningError,
    'an owner that woke up',
  );
  expectEqual((await storage.getTrial(silent!.id)).state, 'RUNNING', 'a trial without heartbeats');
}

async function checkUnknownIds({ storage }: StorageSubject): Promise<void> {
  await expectRejects(() => storage.getStudy(99), StudyNotFoundError, 'getStudy');
  await expectRejects(() => storage.deleteStudy(99), StudyNotFoundError, 'deleteStudy');
  await expectRejects(() => storage.setStudyUserAttribute(99, 'a', 1), StudyNotFoundError, 'setStudyUserAttribute');
  await expectRejects(() => storage.startTrial(99), StudyNotFoundError, 'startTrial');
  await expectRejects(() => storage.addTrial(99, { state: 'WAITING' }), StudyNotFoundError, 'addTrial');
  await expectRejects(() => storage.getTrials(99), StudyNotFoundError, 'getTrials');
  await expectRejects(() => storage.getTrial(99), TrialNotFoundError, 'getTrial');
  await expectRejects(() => storage.writeTrial(99, {}), TrialNotFoundError, 'writeTrial');
  await expectRejects(() => storage.recordHeartbeat(99), TrialNotFoundError, 'recordHeartbeat');
  await expectRejects(() => storage.failStaleTrials(99, 1), StudyNotFoundError, 'failStaleTrials');
  await expectRejects(() => storage.finishTrial(99, 'FAIL', null), TrialNotFoundError, 'finishTrial');
}

import { expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { createStudy } from './create-study.js';
import { formatCsv, trialRows } from './trial-rows.js';

test('a row a trial: values by metric names, parameters, attributes, times; null where there is nothing', async () => {
  const study = await createStudy({ directions: ['minimize', 'maximize'] });
  await study.setMetricNames(['loss', 'accuracy']);
  const startedAt = new Date('2026-11-25T12:00:00Z');
  await study.addTrials([
    {
      state: 'COMPLETE',
      values: [0.5, Number.POSITIVE_INFINITY],
      params: { x: 1, mode: { a: ['"', ','] } },
      distributions: { x: float(0, 2), mode: categorical([{ a: ['"', ','] }]) },
      userAttributes: { note: 'one,\ntwo' },
      startedAt,
      completedAt: new Date('2026-11-25T12:01:30Z'),
    },
    { state: 'RUNNING', startedAt },
  ]);
  const rows = trialRows(await study.snapshot());
  expect(rows).toEqual([
    {
      number: 0,
      state: 'COMPLETE',
      loss: 0.5,
      accuracy: Number.POSITIVE_INFINITY,
      startedAt: '2026-11-25T12:00:00.000Z',
      completedAt: '2026-11-25T12:01:30.000Z',
      seconds: 90,
      'params.mode': { a: ['"', ','] },
      'params.x': 1,
      'userAttributes.note': 'one,\ntwo',
    },
    expect.objectContaining({ number: 1, state: 'RUNNING', loss: null, seconds: null, 'params.x': null }),
  ]);
  expect(formatCsv(rows)).toBe(
    'number,state,loss,accuracy,startedAt,completedAt,seconds,params.mode,params.x,userAttributes.note\r\n' +
      '0,COMPLETE,0.5,Infinity,2026-11-25T12:00:00.000Z,2026-11-25T12:01:30.000Z,90,"{""a"":[""\\"""","",""]}",1,"one,\ntwo"\r\n' +
      '1,RUNNING,,,2026-11-25T12:00:00.000Z,,,,,\r\n',
  );
});

test('without names objectives are value, or numbered', async () => {
  const one = await createStudy();
  await one.addTrial({ state: 'COMPLETE', values: [1] });
  expect(trialRows(await one.snapshot())[0]).toMatchObject({ value: 1 });
  const two = await createStudy({ directions: ['minimize', 'minimize'] });
  await two.addTrial({ state: 'COMPLETE', values: [1, 2] });
  expect(trialRows(await two.snapshot())[0]).toMatchObject({ 'values.0': 1, 'values.1': 2 });
  expect(formatCsv([])).toBe('\r\n');
});

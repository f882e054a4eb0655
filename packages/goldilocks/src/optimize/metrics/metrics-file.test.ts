import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { metricsFileReader } from './metrics-file.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const plain = (records: readonly object[]) => records.map((record) => ({ ...record }));

test('JSON lines: what was added, whole lines only, waiting for the file', async () => {
  const path = join(folder, 'a.jsonl');
  const reader = metricsFileReader(path);
  expect(await reader.poll()).toEqual([]);
  writeFileSync(path, '{"loss": 1}\n{"lo');
  expect(plain(await reader.poll())).toEqual([{ loss: 1 }]);
  appendFileSync(path, 'ss": 2}\n');
  expect(plain(await reader.poll())).toEqual([{ loss: 2 }]);
  expect(await reader.poll()).toEqual([]);
  writeFileSync(path, '{"a": 3}\n');
  expect(plain(await reader.poll())).toEqual([{ a: 3 }]);
});

test("CSV as Lightning's logger writes it: empty cells, the whole file again for a new column, a half line", async () => {
  const path = join(folder, 'metrics.csv');
  const reader = metricsFileReader(path);
  writeFileSync(path, 'epoch,step,train_loss\n0,9,0.5\n');
  expect(plain(await reader.poll())).toEqual([{ epoch: 0, step: 9, train_loss: 0.5 }]);
  writeFileSync(path, 'epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.7\n1,1');
  expect(plain(await reader.poll())).toEqual([{ epoch: 0, step: 9, val_loss: 0.7 }]);
  appendFileSync(path, '9,0.4,nan\n');
  expect(plain(await reader.poll())).toEqual([{ epoch: 1, step: 19, train_loss: 0.4, val_loss: Number.NaN }]);
});

test('JSON: an object anew each time, or a list that grows, as in trainer_state.json', async () => {
  const path = join(folder, 'result.json');
  const reader = metricsFileReader(path);
  writeFileSync(path, '{"accuracy": 0.5');
  expect(await reader.poll()).toEqual([]);
  writeFileSync(path, '{"accuracy": 0.5}');
  expect(plain(await reader.poll())).toEqual([{ accuracy: 0.5 }]);
  const state = join(folder, 'trainer_state.json');
  const history = metricsFileReader(state);
  writeFileSync(state, '{"log_history": [{"loss": 3, "step": 1}]}');
  expect(plain(await history.poll())).toEqual([{ loss: 3, step: 1 }]);
  writeFileSync(state, '{"log_history": [{"loss": 3, "step": 1}, {"loss": NaN, "step": 2}]}');
  expect(plain(await history.poll())).toEqual([{ loss: Number.NaN, step: 2 }]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { baseOf, originOf, tokenizerFolder } from './tuned-model.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-tuned-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function model(name: string, files: Record<string, unknown>): string {
  const path = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), JSON.stringify(content));
  }
  return path;
}

const base = model('base', { 'config.json': {} });

describe('the base model', () => {
  it('is the one that a run names, while it is there', async () => {
    const run = { baseModel: { name: 'base', hash: 'x', directory: base }, reproduce: { template: 'chat' } };
    const tuned = model('run', { 'run.json': run });
    expect(await baseOf(tuned)).toBe(base);
    expect((await originOf(tuned)).template).toBe('chat');
    const moved = { baseModel: { name: 'base', directory: join(folder, 'gone') } };
    await expect(baseOf(model('moved', { 'run.json': moved }))).rejects.toThrow(
      /comes from base, which is not here.*--base/,
    );
  });

  it('is the one an adapter beside the report names, or a shipped one of the name', async () => {
    const report = { baseModel: { name: 'goldilocks-base', hash: 'x' } };
    expect(await baseOf(model('shipped', { 'report.json': report }))).toMatch(/models.goldilocks-base$/);
    const adapter = { base_model_name_or_path: base };
    const beside = model('beside', { 'report.json': report, 'adapter/adapter_config.json': adapter });
    expect(await baseOf(beside)).toBe(base);
    const alone = model('alone', { 'adapter_config.json': adapter });
    expect(await tokenizerFolder(alone)).toBe(base);
    expect(await tokenizerFolder(beside)).toBe(beside);
  });

  it('is asked for where nothing names it', async () => {
    await expect(baseOf(base)).rejects.toThrow(/does not say what its base model is.*--base/);
    expect(await baseOf(base, 'goldilocks-base')).toMatch(/goldilocks-base$/);
  });
});

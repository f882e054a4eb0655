// Base models to choose from, with what is known of them without loading them.
import { existsSync } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { BaseModelChoice } from '@goldilocks/protocol/page';
import { locateModel, shippedModels } from '../../base-models/locate.js';
import type { JourneyRecord } from '../../journey/record.js';
import { readJson } from '../../state/json.js';

/** What earlier journeys took with a model, by its folder. */
export interface Experience {
  readonly memoryBytes: number | null;
  readonly tokensPerSecond: number | null;
}

/** Shipped models, those of earlier journeys, and Hugging Face folders at most two levels below the workspace. */
export async function baseModels(workspace: string, journeys: readonly JourneyRecord[]): Promise<BaseModelChoice[]> {
  const experience = experienceOf(journeys);
  const shipped = await Promise.all(
    shippedModels().map(async (name) => ({ id: name, folder: await locateModel(name), shipped: true })),
  );
  const known = new Set(shipped.map(({ folder }) => folder));
  const used = [...experience.keys()].filter((folder) => existsSync(join(folder, 'config.json')));
  const folders = [...new Set([...used, ...(await modelFolders(workspace, 2))])].filter((folder) => !known.has(folder));
  const others = folders.map((folder) => ({ id: shortest(workspace, folder), folder, shipped: false }));
  return Promise.all([...shipped, ...others].map((model) => describe(model, experience.get(model.folder))));
}

function experienceOf(journeys: readonly JourneyRecord[]): Map<string, Experience> {
  const found = new Map<string, Experience>();
  for (const { model, pilot, peakMemoryBytes } of journeys) {
    if (model === undefined) continue;
    const perToken = pilot?.measurement.secondsPerTrainingToken;
    const tokensPerSecond = perToken === undefined || perToken <= 0 ? null : 1 / perToken;
    found.set(model.directory, { memoryBytes: peakMemoryBytes > 0 ? peakMemoryBytes : null, tokensPerSecond });
  }
  return found;
}

function shortest(workspace: string, folder: string): string {
  const path = relative(workspace, folder);
  return path.startsWith('..') ? folder : path;
}

async function modelFolders(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // one that may not be read has none
  const names = entries.map(({ name }) => name);
  // A result of ours is a model, too, but not one to begin with.
  const isResult = names.includes('report.json') || names.includes('run.json');
  if (names.includes('config.json') && names.some((name) => name.endsWith('.safetensors'))) {
    return isResult ? [] : [folder];
  }
  if (depth === 0) return [];
  const inner = entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name));
  return (await Promise.all(inner.map(({ name }) => modelFolders(join(folder, name), depth - 1)))).flat();
}

interface Config {
  num_hidden_layers?: number;
  n_layer?: number;
  max_position_embeddings?: number;
  n_positions?: number;
}

async function describe(
  { id, folder, shipped }: { id: string; folder: string; shipped: boolean },
  experience: Experience | undefined,
): Promise<BaseModelChoice> {
  const config = (await readJson<Config>(join(folder, 'config.json'))) ?? {};
  const weights = (await readdir(folder))
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => join(folder, name));
  const sizes = await Promise.all(weights.map(async (path) => (await stat(path)).size));
  const counts = await Promise.all(weights.map(parametersIn));
  const parameters = counts.some((count) => count === null) ? null : counts.reduce<number>((sum, n) => sum + n!, 0);
  const { license, languages } = await cardOf(folder);
  return {
    ...{ id, shipped, license, languages, parameters },
    name: shipped ? id : basename(folder),
    layers: config.num_hidden_layers ?? config.n_layer ?? null,
    maxLength: config.max_position_embeddings ?? config.n_positions ?? null,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    memoryBytes: experience?.memoryBytes ?? null,
    tokensPerSecond: experience?.tokensPerSecond ?? null,
  };
}

/** No header is larger. */
const largestHeader = 100 * 1024 * 1024;

/** The number of weights, by the header of a safetensors file; null where it cannot be read. */
async function parametersIn(path: string): Promise<number | null> {
  const file = await open(path);
  try {
    const length = Number((await file.read(Buffer.alloc(8), 0, 8, 0)).buffer.readBigUInt64LE());
    if (!(length > 0 && length <= Math.min(largestHeader, (await file.stat()).size))) return null;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, 8);
    const header = JSON.parse(buffer.toString('utf8')) as Record<string, { shape?: number[] }>;
    const shapes = Object.values(header).flatMap(({ shape }) => (Array.isArray(shape) ? [shape] : []));
    return shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  } finally {
    await file.close();
  }
}

/** Licence and languages, as the front matter of the model card says. */
async function cardOf(folder: string): Promise<{ license: string | null; languages: string[] }> {
  const card = await readFile(join(folder, 'README.md'), 'utf8').catch(() => ''); // a model may have no card
  const front = /^---\n([\s\S]*?)\n---/.exec(card)?.[1] ?? '';
  const license = /^license:\s*(\S.{0,80})$/m.exec(front)?.[1]?.trim() ?? null;
  const inline = /^language:[ \t]*(\S.*)$/m.exec(front)?.[1];
  const list = /^language:[ \t]*\n((?:[ \t]*-.*\n?)+)/m.exec(front)?.[1] ?? '';
  const languages = (inline ?? list).match(/[a-z]{2,3}\b/g) ?? [];
  return { license, languages: languages.slice(0, 20) };
}

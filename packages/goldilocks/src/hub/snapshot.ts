// The files of a model or dataset of the Hub in the cache that Hugging Face's own tools share, fetched where they are missing.
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UserError } from '../errors.js';
import { writeError } from '../state/file-errors.js';
import { acquireLock } from '../state/lock.js';
import { chooseFiles } from './choose-files.js';
import { downloadFile } from './download-file.js';
import type { HubFile } from './hub-file.js';
import { type HubSettings, hubSettings } from './hub-settings.js';
import { bytesText, DownloadProgress } from './progress.js';
import { type Repository, repositoryFolder } from './repository.js';
import { findCommit, listRepository } from './requests.js';

export interface SnapshotOptions {
  settings?: HubSettings;
  signal?: AbortSignal;
  /** Told how far the download is. */
  tell?(text: string): void;
}

/**
 * The folder of the files (or the path of the one file that is named). What the cache has is taken as it is, without asking the
 * network: a revision stays what it was when it was first fetched.
 * @throws UserError where it is not there and cannot be fetched
 */
export async function snapshot(repository: Repository, options: SnapshotOptions = {}): Promise<string> {
  const { settings = hubSettings() } = options;
  const folder = repositoryFolder(settings.cache, repository);
  const known = await cachedCommit(folder, repository);
  if (known !== undefined && (await isComplete(join(folder, 'snapshots', known), repository))) {
    return pathIn(folder, known, repository);
  }
  if (settings.offline) {
    throw new UserError(
      `${repository.id} is not in the cache ${settings.cache}, and HF_HUB_OFFLINE says to stay off the network. Download it once without, or give a folder.`,
    );
  }
  const lock = await acquireLock(join(folder, '.goldilocks-lock'), `the download of ${repository.id}`);
  try {
    const commit = await fetchSnapshot(repository, folder, { ...options, settings });
    return pathIn(folder, commit, repository);
  } finally {
    await lock.release();
  }
}

const pathIn = (folder: string, commit: string, { file }: Repository): string =>
  join(folder, 'snapshots', commit, ...(file === undefined ? [] : [file]));

/** The commit that the cache has for a revision. */
async function cachedCommit(folder: string, { revision }: Repository): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const commit = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => '');
  return /^[0-9a-f]{40}$/.test(commit.trim()) ? commit.trim() : undefined;
}

/** Whether everything is there that a model needs, or what an earlier download of ours chose. */
async function isComplete(snapshot: string, { kind, file }: Repository): Promise<boolean> {
  if (file !== undefined) return existsSync(join(snapshot, file));
  if (kind === 'dataset') return existsSync(join(snapshot, completeMark));
  if (!existsSync(join(snapshot, 'config.json'))) return false;
  return existsSync(join(snapshot, 'model.safetensors')) || hasShards(snapshot);
}

/** Other tools fetch the data files that they want of a dataset: only a mark of our own says that ours are all there. */
const completeMark = '.goldilocks-complete';

function hasShards(snapshot: string): boolean {
  try {
    const index = JSON.parse(readFileSync(join(snapshot, 'model.safetensors.index.json'), 'utf8'));
    const shards = new Set(Object.values<string>(index.weight_map));
    return shards.size > 0 && [...shards].every((shard) => existsSync(join(snapshot, shard)));
  } catch {
    return false; // missing or damaged: fetched again
  }
}

async function fetchSnapshot(
  repository: Repository,
  folder: string,
  options: SnapshotOptions & { settings: HubSettings },
): Promise<string> {
  const { settings, signal, tell = () => undefined } = options;
  const commit = await findCommit(repository, settings, signal);
  const files = chooseFiles(repository, await listRepository(repository, commit, settings, signal));
  const blobOf = ({ hash }: HubFile) => join(folder, 'blobs', hash);
  const missing = files.filter((file) => !existsSync(blobOf(file)));
  const bytes = missing.reduce((sum, { size }) => sum + size, 0);
  await checkSpace(settings.cache, bytes, repository);
  if (missing.length > 0)
    tell(`Downloading ${repository.id} (${bytesText(bytes)}) from ${settings.endpoint} into ${folder}`);
  const progress = new DownloadProgress(repository.id, bytes, tell);
  for (const file of missing) {
    let isFirst = true;
    await downloadFile({
      repository,
      url: `${settings.endpoint}/${repository.kind === 'dataset' ? 'datasets/' : ''}${repository.id}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`,
      file,
      blob: blobOf(file),
      settings,
      signal,
      onBytes(count) {
        if (isFirst || count < 0) progress.skip(count);
        else progress.add(count);
        isFirst = false;
      },
    });
  }
  await link(folder, commit, files, blobOf);
  if (repository.revision !== commit) await writeReference(join(folder, 'refs', repository.revision), commit);
  return commit;
}

/** Names for the blobs, as links; copies where the system has no links. */
async function link(
  folder: string,
  commit: string,
  files: readonly HubFile[],
  blobOf: (file: HubFile) => string,
): Promise<void> {
  const snapshot = join(folder, 'snapshots', commit);
  for (const file of files) {
    const path = join(snapshot, ...file.path.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await symlink(relative(dirname(path), blobOf(file)), path).catch(() => copyFile(blobOf(file), path));
  }
  await writeFile(join(snapshot, completeMark), `${files.length} files\n`);
}

/** One that is cut short is no commit, and is asked for again. */
async function writeReference(path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, commit);
}

async function checkSpace(cache: string, bytes: number, { id }: Repository): Promise<void> {
  try {
    await mkdir(cache, { recursive: true });
  } catch (error) {
    throw writeError(cache, error);
  }
  const { bavail, bsize } = await statfs(cache);
  if (bavail * bsize >= bytes) return;
  throw new UserError(
    `${id} needs ${bytesText(bytes)} in ${cache}, and the disk has ${bytesText(bavail * bsize)} left. Free some space, or name another place in HF_HUB_CACHE.`,
    { exitCode: 1 },
  );
}

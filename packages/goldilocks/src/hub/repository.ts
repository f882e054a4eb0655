// What a person names on the Hub: an owner and a name, perhaps a revision, perhaps one file.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type RepositoryKind = 'model' | 'dataset';

export interface Repository {
  kind: RepositoryKind;
  /** `owner/name`. */
  id: string;
  /** A branch, a tag or a commit; default `main`. */
  revision: string;
  /** One GGUF file of it. */
  file?: string;
}

const part = '[A-Za-z0-9][\\w.-]{0,95}';
const form = new RegExp(
  `^(?<id>${part}/${part})(?:/(?<file>${part}\\.gguf))?(?:@(?<revision>[A-Za-z0-9][\\w./-]{0,200}))?$`,
);

/** A missing file, rather than a dataset of that name. */
const dataEnding = /\.(jsonl|ndjson|json|csv|tsv|tab|parquet)$/i;

/** `owner/name`, `owner/name@revision`, `owner/name/file.gguf`; undefined for anything else. */
export function parseRepository(text: string, kind: RepositoryKind): Repository | undefined {
  const groups = form.exec(text)?.groups;
  if (!groups || text.includes('..')) return undefined;
  const { id, file, revision = 'main' } = groups;
  if (kind === 'dataset' && (file !== undefined || dataEnding.test(id!))) return undefined;
  return { kind, id: id!, revision, ...(file !== undefined && { file }) };
}

/** The folder of a repository in the cache, named as Hugging Face's own tools name it. */
export const repositoryFolder = (cache: string, { kind, id }: Repository): string =>
  join(cache, `${kind}s--${id.replace('/', '--')}`);

const snapshotPath =
  /(?:model|dataset)s--(?<owner>[\w.-]+?)--(?<name>[\w.-]+)[\\/]snapshots[\\/](?<commit>[0-9a-f]{40})(?:[\\/]|$)/;

/** The repository and the commit whose files lie at a path of the cache; undefined for any other path. */
export function repositoryAt(path: string): { id: string; commit: string } | undefined {
  const groups = snapshotPath.exec(path)?.groups;
  return groups && { id: `${groups.owner}/${groups.name}`, commit: groups.commit! };
}

/** What a person means by a name that is no path here: a repository, or undefined. */
export const repositoryNamed = (text: string, kind: RepositoryKind): Repository | undefined =>
  existsSync(text) ? undefined : parseRepository(text, kind);

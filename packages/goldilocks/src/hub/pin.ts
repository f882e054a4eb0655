// Fixes the revision of what is named on the Hub, so that a run that goes on, or is repeated, reads the same files.
import { type RepositoryKind, repositoryAt, repositoryNamed } from './repository.js';
import { type SnapshotOptions, snapshot } from './snapshot.js';

/** `owner/name` becomes `owner/name@commit`, downloaded; a path or any other name stays. Throws UserError where it cannot be had. */
export async function pinned(text: string, kind: RepositoryKind, options: SnapshotOptions = {}): Promise<string> {
  const repository = repositoryNamed(text, kind);
  if (!repository) return text;
  const { commit } = repositoryAt(await snapshot(repository, options))!;
  const file = repository.file === undefined ? '' : `/${repository.file}`;
  return `${repository.id}${file}@${commit}`;
}

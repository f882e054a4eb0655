// Turns the file system's refusals into sentences a person can act on.
import { UserError } from '../errors.js';

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space and run the same command again',
  EDQUOT: 'your disk quota is used up. Free some space and run the same command again',
  EFBIG: 'the file would be larger than this system allows. Choose a folder on another disk',
  EACCES: 'writing there is not allowed. Choose another folder, or change its permissions',
  EPERM: 'writing there is not allowed. Choose another folder, or change its permissions',
  EROFS: 'the disk is read-only. Choose another folder',
  ENOTDIR: 'part of the path is a file, not a folder. Choose another folder',
  EISDIR: 'there is a folder of that name. Choose another name',
  EIO: 'the disk reported an error. Check the disk; what was saved before is untouched',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n) and run the same command again',
};

/** The error's code where it is the file system's, else undefined. */
export function fileErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code !== undefined && code in reasons ? code : undefined;
}

/** A UserError saying that `path` could not be written and why; other errors are returned as they are. */
export function writeError(path: string, error: unknown): unknown {
  const code = fileErrorCode(error);
  if (code === undefined) return error;
  return new UserError(`Could not write ${path}: ${reasons[code]}.`, { exitCode: 1, cause: error });
}

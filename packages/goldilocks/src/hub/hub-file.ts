// One file of a repository on the Hub, as its listing describes it.

export interface HubFile {
  /** Within the repository, with slashes. */
  path: string;
  /** Bytes. */
  size: number;
  /** sha256 of the content where it is large, else git's sha1: the file's name among the blobs. */
  hash: string;
}

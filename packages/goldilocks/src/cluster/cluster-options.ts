// Where the trials of a search run when not on this machine alone.
import { UserError } from '../errors.js';

export const engineNames = ['onnx', 'pytorch'] as const;
export type EngineName = (typeof engineNames)[number];

export type Place =
  /** Workers that others start: by ssh, by Slurm, by hand. */
  | { kind: 'workers' }
  /** Workers that we start as jobs of Ray. */
  | { kind: 'ray'; address: string };

export interface ClusterOptions {
  on: Place;
  /** The database that all machines share, such as `postgresql://user@host/database`. */
  storage: string;
  /** Workers to start. Default 2. */
  workers?: number;
  /** What each worker has to itself; Ray sets CUDA_VISIBLE_DEVICES by it. Default 1 CPU, no GPU. */
  cpus?: number;
  gpus?: number;
  /** What trains on the nodes. Default `onnx`. */
  engine?: EngineName;
  /** Whether trials that fall behind are stopped. Default true. */
  prune?: boolean;
  /** How workers are called on the nodes. Default: this very program where Ray runs on this machine, else `goldilocks`. */
  workerCommand?: string;
  /** Between signs of life of a trial, in seconds; four without one make it lost. Default 15. */
  heartbeatSeconds?: number;
}

/** Reads `workers` or `ray=http://127.0.0.1:8265`. */
export function parsePlace(text: string): Place {
  if (text === 'workers') return { kind: 'workers' };
  const address = /^ray=(https?:\/\/\S+)$/.exec(text)?.[1];
  if (address !== undefined && URL.canParse(address)) return { kind: 'ray', address };
  throw new UserError(
    `«${text}» is no place for trials: give ray=http://127.0.0.1:8265, or workers for those you start yourself.`,
  );
}

/** A URL as it may be shown and kept: without its password. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.password === '' && !parsed.searchParams.has('password')) return url;
  parsed.password = '';
  parsed.searchParams.delete('password');
  return parsed.toString();
}

/** Whether an address means the very machine that looks at it. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

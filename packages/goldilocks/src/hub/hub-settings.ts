// Where the Hub is and where its files are kept: the environment variables that all of Hugging Face's tools share.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface HubSettings {
  /** Address without a slash at the end: `HF_ENDPOINT` names a mirror. */
  endpoint: string;
  /** The cache's folder. */
  cache: string;
  /** Opens gated and private models. */
  token?: string;
  /** Nothing is asked of the network. */
  offline: boolean;
  /** Milliseconds before the first further try after a failure, doubled each time; default 1000. */
  patience?: number;
}

export function hubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const home = environment.HF_HOME ?? join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  return {
    endpoint: (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    cache: environment.HF_HUB_CACHE ?? environment.HUGGINGFACE_HUB_CACHE ?? join(home, 'hub'),
    token: environment.HF_TOKEN || storedToken(environment.HF_TOKEN_PATH ?? join(home, 'token')),
    offline: /^(1|true|yes|on)$/i.test(environment.HF_HUB_OFFLINE ?? ''),
  };
}

/** What `hf auth login` leaves. */
function storedToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined; // most people have none
  }
}

// Paths that a person gave in one folder, as seen from another.
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { parseRepository } from '../hub/repository.js';

interface Paths {
  data: string;
  out: string;
  model?: string;
}

/** The settings with relative paths pointing where they pointed in `from`. A model or dataset that is no path stays. */
export function relocate<Settings extends Paths>(settings: Settings, from: string, to = process.cwd()): Settings {
  if (resolve(from) === resolve(to)) return settings;
  const moved = (path: string) => (isAbsolute(path) ? path : relative(to, resolve(from, path)));
  const { data, out, model } = settings;
  const isPath = model !== undefined && existsSync(resolve(from, model));
  const isOnHub = !existsSync(resolve(from, data)) && parseRepository(data, 'dataset') !== undefined;
  return { ...settings, data: isOnHub ? data : moved(data), out: moved(out), ...(isPath && { model: moved(model) }) };
}

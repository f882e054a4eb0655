// Paths that a person gave in one folder, as seen from another.
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';

interface Paths {
  data: string;
  out: string;
  model?: string;
}

/** The settings with relative paths pointing where they pointed in `from`. A model that is no path stays. */
export function relocate<Settings extends Paths>(settings: Settings, from: string, to = process.cwd()): Settings {
  if (resolve(from) === resolve(to)) return settings;
  const moved = (path: string) => (isAbsolute(path) ? path : relative(to, resolve(from, path)));
  const { data, out, model } = settings;
  const isPath = model !== undefined && existsSync(resolve(from, model));
  return { ...settings, data: moved(data), out: moved(out), ...(isPath && { model: moved(model) }) };
}

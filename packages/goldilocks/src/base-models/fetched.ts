// Before a run begins, what it names on the Hub is fetched and its revision fixed.
import type { JourneyEvent } from '@goldilocks/protocol';
import { pinned } from '../hub/pin.js';
import type { SnapshotOptions } from '../hub/snapshot.js';
import { defaultModel, locateModel } from './locate.js';

interface Sources {
  data: string;
  model?: string;
}

interface Watcher {
  signal?: AbortSignal;
  onEvent?: (event: JourneyEvent) => void;
}

/** The settings with the revisions of model and dataset. @throws UserError where the model is not there or cannot be fetched */
export async function fetched<Settings extends Sources>(
  settings: Settings,
  { signal, onEvent }: Watcher,
): Promise<Settings> {
  const tell = (text: string) => onEvent?.({ type: 'message', level: 'info', text });
  const options: SnapshotOptions = { signal, tell };
  const { data, model } = settings;
  await locateModel(model ?? defaultModel, options);
  const pinnedModel = model && (await pinned(model, 'model'));
  const pinnedData = await pinned(data, 'dataset', options);
  return { ...settings, data: pinnedData, ...(pinnedModel && { model: pinnedModel }) };
}

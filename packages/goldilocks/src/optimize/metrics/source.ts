// Opens the place where one trial's command reports.
import { isAbsolute, join } from 'node:path';
import type { MetricsSource } from '@goldilocks/protocol';
import { metricsFileReader } from './metrics-file.js';
import { outputReader, patternReader } from './output-lines.js';
import type { FileReader, LineReader } from './record.js';
import { EventFiles } from './tensorboard/event-files.js';

/** Exactly one of the two. */
export interface OpenSource {
  readonly lines?: LineReader;
  readonly file?: FileReader;
}

/** @param place fills placeholders in a path; relative paths are the working folder's */
export function openSource(
  source: MetricsSource,
  workingDirectory: string,
  place: (path: string) => string,
): OpenSource {
  switch (source.from) {
    case 'output':
      return { lines: outputReader };
    case 'pattern':
      return { lines: patternReader(source.pattern) };
    case 'tensorboard':
      return { file: new EventFiles(absolute(place(source.path), workingDirectory)) };
    case 'file':
      return { file: metricsFileReader(absolute(place(source.path), workingDirectory)) };
  }
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

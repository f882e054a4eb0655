// A pilot with all that it opens: a fresh process, and a folder for its checkpoint; both are gone afterwards.
import { rm } from 'node:fs/promises';
import type { TrialEngine } from '../workers/operations.js';
import { type PilotInput, type PilotResult, runPilot } from './pilot.js';

export interface PilotInFolder extends Omit<PilotInput, 'process' | 'file' | 'lengths' | 'checkpointDirectory'> {
  engine: TrialEngine;
  tokens: { file: string; lengths: readonly number[] };
  /** The pilot's own: emptied first, removed at the end. */
  folder: string;
}

/** @throws UserError as `runPilot` does */
export async function runPilotIn({ engine, tokens, folder, ...input }: PilotInFolder): Promise<PilotResult> {
  await rm(folder, { recursive: true, force: true });
  const process = engine.open('the pilot');
  try {
    const { file, lengths } = tokens;
    return await runPilot({ ...input, process, file, lengths, checkpointDirectory: folder });
  } finally {
    await process.close();
    await rm(folder, { recursive: true, force: true });
  }
}

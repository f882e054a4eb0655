// The program of a job that the page started: a journey, with nobody at a terminal.
import { readFile, rm } from 'node:fs/promises';
import { listenForInterrupts } from '../cli/interrupts.js';
import { Interrupted } from '../journey/interrupted.js';
import { fineTune, resume } from '../journey.js';
import { writeFileAtomic } from '../state/atomic.js';
import { failureFile, type Job } from './jobs.js';

const [, , stateDirectory, file] = process.argv;
if (stateDirectory === undefined || file === undefined) {
  throw new Error('This program is started by the page, with the state folder and the file of a job.');
}
await rm(failureFile(file), { force: true });
const { signal } = listenForInterrupts(() => console.log('The step is being finished, then everything is saved.'));
try {
  const job = JSON.parse(await readFile(file, 'utf8')) as Job;
  if (job.kind === 'run') await fineTune({ ...job.settings, stateDirectory, signal });
  else await resume({ study: job.study, stateDirectory, signal });
} catch (error) {
  if (!(error instanceof Interrupted)) {
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    await writeFileAtomic(failureFile(file), `${JSON.stringify({ message })}\n`);
    process.exitCode = 1;
  }
}
// A training process that hangs must not hold the job's own.
process.exit();

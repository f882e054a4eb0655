// The program `goldilocks`, started by bin/goldilocks.js. What is heavy is loaded only by the verb that needs it.
import { runCommandLine } from './command-line.js';
import { exitWhenWritten } from './streams.js';

exitWhenWritten(await runCommandLine(process.argv.slice(2)));

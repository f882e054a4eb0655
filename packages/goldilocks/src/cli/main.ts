#!/usr/bin/env node
// The program `goldilocks`. What is heavy is loaded only by the verb that needs it.
import { runCommandLine } from './command-line.js';
import { exitWhenWritten } from './streams.js';

exitWhenWritten(await runCommandLine(process.argv.slice(2)));

#!/usr/bin/env node
// The command. It is tracked, as npm links only files that are there before anything is built.
import '../dist/cli/main.js';

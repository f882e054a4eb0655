// Bits per byte of a model on the held-out text.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileStep, runStep } from './step-graph.mjs';
import { readTokens } from './tokens.mjs';

const ROWS = 4;
const WINDOW = 512;
const STRIDE = 256;

/**
 * Windows of 512 tokens, each 256 further on; a token is scored in the first window that sees it, so all but the very first have
 * at least 256 tokens before them. Document ends are tokens like others: they cost bits, and add no bytes.
 *
 * @param {number} limit score only so many tokens from the start of the text
 */
export async function heldOutBits(weights, work, limit = Number.POSITIVE_INFINITY) {
  const tokens = readTokens(join(work, 'heldout.bin'));
  const { heldoutBytes, heldoutTokens } = JSON.parse(readFileSync(join(work, 'prepare.json'), 'utf8'));
  const step = await compileStep(ROWS, WINDOW, false);
  let total = 0;
  let scored = 0;
  for (let start = 0; scored < Math.min(limit, tokens.length - 1); start += ROWS * STRIDE) {
    const { ids, labels } = windowsFrom(tokens, start);
    const losses = await runStep(step, weights, ids, labels);
    for (let row = 0; row < ROWS; row++) {
      const from = start === 0 && row === 0 ? 0 : WINDOW - STRIDE;
      for (let i = from; i < WINDOW && start + row * STRIDE + i + 1 < tokens.length; i++) {
        total += losses[row * WINDOW + i];
        scored++;
      }
    }
  }
  await step.executable.release();
  // Tokens, not bytes, are counted while scoring; the whole text's ratio turns one into the other.
  return (total / scored / Math.LN2) * (heldoutTokens / heldoutBytes);
}

function windowsFrom(tokens, start) {
  const ids = new Int32Array(ROWS * WINDOW);
  const labels = new Int32Array(ROWS * WINDOW);
  for (let row = 0; row < ROWS; row++) {
    const at = start + row * STRIDE;
    ids.set(tokens.subarray(at, at + WINDOW), row * WINDOW);
    labels.set(tokens.subarray(at + 1, at + 1 + WINDOW), row * WINDOW);
  }
  return { ids, labels };
}

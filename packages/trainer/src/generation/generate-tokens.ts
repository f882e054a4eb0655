// Lets a model continue prompts of token ids.
import type { Model } from '../models/model.js';
import { Purpose } from '../random/philox.js';
import { RandomStream } from '../random/random-stream.js';
import { Decoder } from './decoder.js';
import { type SamplingOptions, sampleToken } from './sample.js';

export interface GenerateTokensOptions extends SamplingOptions {
  /** Most tokens to generate a prompt. */
  maxTokens: number;
  /** Seed of the draws; used where temperature > 0. */
  seed?: number;
  /** Called with each prompt's number and new token. */
  onToken?: (prompt: number, token: number) => void;
  /** Ends generation early; what is there is returned. */
  signal?: AbortSignal;
}

/** Prompts decoded side by side at most: more rows make a step cheaper per token, but the cache larger. */
const mostRows = 8;

/**
 * Continues each prompt until an end token, which is not returned.
 * @param prompts token ids, a prompt each; not empty
 * @returns the new token ids, a prompt each
 */
export async function generateTokens(
  model: Model,
  prompts: readonly Int32Array[],
  options: GenerateTokensOptions,
): Promise<Int32Array[]> {
  const results: Int32Array[] = [];
  for (let first = 0; first < prompts.length; first += mostRows) {
    if (options.signal?.aborted) break;
    results.push(...(await generateGroup(model, prompts.slice(first, first + mostRows), first, options)));
  }
  return results;
}

async function generateGroup(
  model: Model,
  prompts: readonly Int32Array[],
  first: number,
  options: GenerateTokensOptions,
): Promise<Int32Array[]> {
  const capacity = Math.max(...prompts.map((prompt) => prompt.length)) + options.maxTokens;
  const decoder = new Decoder(model, prompts.length, Math.ceil(capacity / 32) * 32);
  const ends = new Set(model.base.config.eosTokenIds);
  const outputs = prompts.map((): number[] => []);
  const draws = prompts.map(
    (_, i) => new RandomStream({ seed: options.seed ?? 0, purpose: Purpose.generation, counter: first + i }),
  );
  const done = new Array<boolean>(prompts.length).fill(false);
  try {
    let logits = await decoder.prefill(prompts);
    for (let count = 0; count < options.maxTokens; count++) {
      const tokens = logits.map((row, i) => sampleToken(row, options, draws[i]!.uniform()));
      tokens.forEach((token, i) => {
        done[i] ||= ends.has(token);
        if (done[i]) return;
        outputs[i]!.push(token);
        options.onToken?.(first + i, token);
      });
      if (done.every(Boolean) || options.signal?.aborted || count + 1 === options.maxTokens) break;
      logits = await decoder.next(tokens);
    }
  } finally {
    await decoder.release();
  }
  return outputs.map((tokens) => Int32Array.from(tokens));
}

// Runs variants in fresh processes, alternating, and collects what each prints as its last line of JSON.
import { spawn } from 'node:child_process';

/** Allocator settings under which a training process is started (see docs/decisions.md). */
export const allocatorSettings = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_MMAP_MAX_: '0',
  // One heap for all threads: with several, freed gradients are not found again and the peak varies by a gigabyte.
  MALLOC_ARENA_MAX: '1',
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0',
};

/** @param {{command: string, args: string[], env?: Record<string, string>}} variant */
export function runVariant({ command, args, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const last = output.trim().split('\n').at(-1) ?? '';
      if (code !== 0) reject(new Error(`${command} ${args.join(' ')} ended with code ${code}`));
      else resolve(JSON.parse(last));
    });
  });
}

/**
 * @param {Record<string, {command: string, args: string[], env?: Record<string, string>}>} variants
 * @param {number} rounds each round runs every variant once, every second round in reverse
 * @returns {Promise<Record<string, object[]>>} results a variant
 */
export async function alternate(variants, rounds) {
  const results = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const result = await runVariant(variants[name]);
      console.log(`round ${round + 1} ${name}: ${JSON.stringify(result)}`);
      results[name].push(result);
    }
  }
  return results;
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

// kernels.wasm.ts is kernels.wat, assembled. This test fails when they differ, and writes the file under `vitest -u`.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import wabt from 'wabt';

function module(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,116}/g)!;
  return `// Assembled from kernels.wat (see there); ${bytes.length} bytes in base64. Not edited by hand.\n\nexport const kernelsBase64 = [\n${lines.map((line) => `  '${line}',\n`).join('')}].join('');\n`;
}

test('the committed module is the assembled source', async () => {
  const source = readFileSync(new URL('./kernels.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('kernels.wat', source, { simd: true }).toBinary({});
  await expect(module(buffer)).toMatchFileSnapshot('./kernels.wasm.ts');
});

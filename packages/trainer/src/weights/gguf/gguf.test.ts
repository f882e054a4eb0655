// Reading GGUF: every quantisation against gguf-py, two whole models against Transformers, and files that are damaged or hostile.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ModelFormatError, TextError } from '../../errors.js';
import { Decoder } from '../../generation/decoder.js';
import { BaseModel } from '../../models/base-model.js';
import { openSource } from '../../models/model-source.js';
import { TextTokenizer } from '../../text/tokenizer.js';
import { ensureFloat32File } from '../mapped.js';
import { GgufFile } from './gguf-file.js';
import { readGgufHeader } from './header.js';
import { toGgufBytes } from './quantize.js';
import { tensorTypes } from './tensor-types.js';
import { ggufBytes, key, nothing, tensor, text } from './testing/gguf-bytes.js';

const goldens = fileURLToPath(new URL('../../../../../goldens/gguf', import.meta.url));
const json = (name: string) => JSON.parse(readFileSync(join(goldens, name), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (content: Uint8Array): string => {
  const path = join(folder, 'x.gguf');
  writeFileSync(path, content);
  return path;
};

test.each(
  Object.entries<{ id: number; block: number; bytes: string; values: string }>(json('quantisations.json').decoded),
)('decodes %s as gguf-py does, bit for bit', (name, { id, block, bytes, values }) => {
  const type = tensorTypes.get(id)!;
  expect(type).toMatchObject({ name, blockSize: block });
  const found = type.toFloat32(new Uint8Array(Buffer.from(bytes, 'base64')));
  expect(Buffer.from(found.buffer).toString('base64')).toBe(values);
});

test.each(['F16', 'Q8_0'] as const)('encodes %s as gguf-py does, bit for bit', (dtype) => {
  const { values, ...encoded } = json('quantisations.json').encoded;
  const bytes = toGgufBytes(new Float32Array(new Uint8Array(Buffer.from(values, 'base64')).buffer), dtype);
  expect(Buffer.from(bytes).toString('base64')).toBe(encoded[dtype]);
});

describe.each(
  Object.entries<{
    ids: number[];
    logits: number[];
    norms: Record<string, number>;
    texts: { text: string; ids: number[]; decoded: string }[];
  }>(json('models.json')),
)('the model %s', (name, golden) => {
  const path = join(goldens, `${name}.gguf`);

  test('has the weights that Transformers reads', () => {
    const weights = GgufFile.open(path);
    expect(weights.names().sort()).toEqual(Object.keys(golden.norms).sort());
    for (const [tensorName, norm] of Object.entries(golden.norms)) {
      const found = Math.sqrt(weights.read(tensorName).reduce((sum, x) => sum + x * x, 0));
      expect(Math.abs(found / norm - 1)).toBeLessThan(1e-7);
    }
  });

  test('gives the logits of Transformers', async () => {
    const base = await BaseModel.load(path, { cacheDirectory: join(folder, 'cache') });
    const decoder = new Decoder({ base }, 1, 32);
    const [logits] = await decoder.prefill([Int32Array.from(golden.ids)]);
    const differences = golden.logits.map((logit, i) => Math.abs(logit - logits![i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    await decoder.release();
  });

  test('reads texts as the same token ids', () => {
    const tokenizer = TextTokenizer.from(openSource(path).tokenizer!);
    for (const { text: words, ids, decoded } of golden.texts) {
      expect(tokenizer.encode(words)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });
});

test('the chat template and the special tokens come along', () => {
  const tokenizer = TextTokenizer.from(openSource(join(goldens, 'byte-level.gguf')).tokenizer!);
  expect(tokenizer).toMatchObject({ bosTokenId: 1, eosTokenId: 2, padTokenId: 0 });
  const written = json('../io/text.json')['byte-level'].chats[0];
  expect(tokenizer.chatTemplate!.render(written.messages)).toBe(written.text);
});

test('rows that lie in another order are never mapped in place', async () => {
  const one = Buffer.alloc(4 * 4 * 4);
  for (let i = 0; i < 16; i++) one.writeFloatLE(i, 4 * i);
  const path = fileOf(
    ggufBytes({
      keys: [text('general.architecture', 'llama'), key('llama.attention.head_count', 4, u32(1))],
      tensors: [tensor('blk.0.attn_q.weight', [4, 4], 0, one)],
    }),
  );
  const mapped = await ensureFloat32File(GgufFile.open(path), join(folder, 'cache'));
  const name = 'model.layers.0.self_attn.q_proj.weight';
  expect(Array.from(mapped.read(name).filter((_, i) => i % 4 === 0))).toEqual([0, 8, 4, 12]);
  expect(mapped.folder).not.toBe(folder);
});

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const llama = text('general.architecture', 'llama');
const f32 = (name = 'output_norm.weight', offset?: bigint) => tensor(name, [2], 0, Buffer.alloc(8), offset);
const huge = 2n ** 63n;

const bad: [string, Uint8Array, RegExp][] = [
  ['an empty file', nothing, /probably cut short/],
  ['another mark', Buffer.from('GGML\x03\0\0\0'), /begins with "GGML"/],
  ['version 1', ggufBytes({ version: 1 }), /version 1/],
  ['the other byte order', ggufBytes({ version: 0x03000000 }), /big-endian/],
  ['no counts', Buffer.from('GGUF\x03\0\0\0'), /cut short/],
  ['more tensors than bytes', ggufBytes({ tensorCount: huge }), /the number of tensors claims 9223372036854775808/],
  ['more keys than bytes', ggufBytes({ keyCount: huge }), /the number of keys claims/],
  ['fewer keys than claimed', ggufBytes({ keys: [llama], keyCount: 2n }), /claims|has 0 characters/],
  ['a key longer than the file', ggufBytes({ keys: [u64(huge)], keyCount: 1n }), /claims|cut short/],
  ['an empty key', ggufBytes({ keys: [key('', 4, u32(1))] }), /key 1 has 0 characters/],
  ['a key twice', ggufBytes({ keys: [llama, llama] }), /"general.architecture" stands in it twice/],
  ['an unknown type of value', ggufBytes({ keys: [key('a', 13, u32(1))] }), /unknown type 13/],
  [
    'an unknown type in a list',
    ggufBytes({ keys: [key('a', 9, Buffer.concat([u32(99), u64(1n)]))] }),
    /unknown type 99/,
  ],
  ['a list of lists', ggufBytes({ keys: [key('a', 9, Buffer.concat([u32(9), u64(1n)]))] }), /list of lists/],
  [
    'a list longer than the file',
    ggufBytes({ keys: [key('a', 9, Buffer.concat([u32(4), u64(2n ** 62n)]))] }),
    /claims/,
  ],
  ['texts more than bytes', ggufBytes({ keys: [key('a', 9, Buffer.concat([u32(8), u64(2n ** 61n)]))] }), /claims/],
  ['an alignment of 0', ggufBytes({ keys: [key('general.alignment', 4, u32(0))] }), /not a power of two/],
  ['an odd alignment', ggufBytes({ keys: [key('general.alignment', 4, u32(24))] }), /not a power of two/],
  ['an alignment that is text', ggufBytes({ keys: [text('general.alignment', '32')] }), /not a power of two/],
  ['a tensor twice', ggufBytes({ tensors: [f32(), f32()] }), /"output_norm.weight" stands in it twice/],
  ['a nameless tensor', ggufBytes({ tensors: [f32('')] }), /a name of 0 bytes/],
  ['a name of 64 bytes', ggufBytes({ tensors: [f32('a'.repeat(64))] }), /a name of 64 bytes/],
  ['no dimensions', ggufBytes({ tensors: [tensor('a', [], 0, Buffer.alloc(4))] }), /0 dimensions/],
  ['five dimensions', ggufBytes({ tensors: [tensor('a', [1, 1, 1, 1, 1], 0, Buffer.alloc(4))] }), /5 dimensions/],
  ['a size of 0', ggufBytes({ tensors: [tensor('a', [0], 0, nothing)] }), /a size of 0/],
  [
    'sizes whose product overflows',
    ggufBytes({ tensors: [tensor('a', [2n ** 62n, 2n ** 62n], 0, nothing)] }),
    /needs \d{30,} bytes/,
  ],
  [
    'an unknown quantisation',
    ggufBytes({ tensors: [tensor('a', [32], 4, Buffer.alloc(20))] }),
    /is of type 4, which cannot be read/,
  ],
  ['rows of half blocks', ggufBytes({ tensors: [tensor('a', [48], 8, Buffer.alloc(51))] }), /blocks of 32/],
  ['a place in the header', ggufBytes({ tensors: [f32('a', 2n ** 64n - 32n)] }), /begins at byte 18446744073709551584/],
  ['a hole', ggufBytes({ tensors: [f32('a'), f32('b', 64n)] }), /32 is its place/],
  ['an overlap', ggufBytes({ tensors: [f32('a'), f32('b', 0n)] }), /32 is its place/],
  ['data cut short', ggufBytes({ tensors: [f32()] }).subarray(0, -33), /cut short/],
];

test.each(bad)('refuses %s', (_, bytes, message) => {
  const path = fileOf(bytes);
  expect(() => readGgufHeader(path)).toThrow(ModelFormatError);
  expect(() => readGgufHeader(path)).toThrow(message);
});

test.each<[string, Uint8Array, RegExp]>([
  ['no architecture', ggufBytes({}), /lacks the key general.architecture/],
  ['another architecture', ggufBytes({ keys: [text('general.architecture', 'mamba')] }), /"mamba"; supported/],
  ['an adapter', ggufBytes({ keys: [llama, text('general.type', 'adapter')] }), /holds a GGUF "adapter"/],
  [
    'one part of several',
    ggufBytes({ keys: [llama, key('split.count', 2, Buffer.from([3, 0]))] }),
    /one of several parts/,
  ],
  [
    'tensors of another model',
    ggufBytes({ keys: [llama], tensors: [f32('blk.0.ssm_a.weight')] }),
    /"blk.0.ssm_a.weight"/,
  ],
  ['no layers', ggufBytes({ keys: [llama] }), /lacks the key attention.head_count/],
  [
    'a count that is text',
    ggufBytes({ keys: [llama, text('llama.attention.head_count', '4')] }),
    /head_count with something else than a whole number/,
  ],
])('is no model: %s', (_, bytes, message) => {
  const path = fileOf(bytes);
  expect(() => openSource(path)).toThrow(ModelFormatError);
  expect(() => openSource(path)).toThrow(message);
});

test('any change of bytes is read or refused, never anything else', { timeout: 60_000 }, () => {
  const sound = readFileSync(join(goldens, 'byte-level.gguf'));
  // The head is where damage has consequences; most of the file is weights, in which every byte is as good as another.
  const change = fc.record({ at: fc.nat(12_000), to: fc.nat(255) });
  const cut = fc.option(fc.nat(sound.length));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), cut, (changes, length) => {
      const bytes = Buffer.from(sound);
      for (const { at, to } of changes) bytes[at] = to;
      const path = fileOf(bytes.subarray(0, length ?? bytes.length));
      try {
        const { tokenizer, weights } = openSource(path);
        for (const name of weights.names()) weights.read(name);
        if (tokenizer) TextTokenizer.from(tokenizer);
      } catch (error) {
        if (!(error instanceof TextError)) expect(error).toBeInstanceOf(ModelFormatError);
      }
    }),
    { numRuns: 200 },
  );
});

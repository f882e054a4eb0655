// Makes GGUF files for tests byte by byte, sound or not.

export const nothing = Buffer.alloc(0);

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const string = (value: string): Buffer => Buffer.concat([u64(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);

/** A key with a value of the type of that number. */
export const key = (name: string, type: number, value: Uint8Array): Buffer =>
  Buffer.concat([string(name), u32(type), value]);

export const text = (name: string, value: string): Buffer => key(name, 8, string(value));

interface Tensor {
  head(offset: bigint): Buffer;
  data: Uint8Array;
}

/** @param sizes innermost first, as in the file @param offset instead of the right one */
export const tensor = (
  name: string,
  sizes: readonly (number | bigint)[],
  type: number,
  data: Uint8Array,
  offset?: bigint,
): Tensor => ({
  data,
  head: (right) =>
    Buffer.concat([
      string(name),
      u32(sizes.length),
      ...sizes.map((size) => u64(BigInt(size))),
      u32(type),
      u64(offset ?? right),
    ]),
});

export interface Parts {
  version?: number;
  tensorCount?: bigint;
  keyCount?: bigint;
  keys?: readonly Uint8Array[];
  tensors?: readonly Tensor[];
}

/** The file, aligned to 32 bytes. */
export function ggufBytes({ version = 3, keys = [], tensors = [], ...counts }: Parts): Buffer {
  let offset = 0;
  const heads = tensors.map(({ head, data }) => {
    const bytes = head(BigInt(offset));
    offset += padded(data).length;
    return bytes;
  });
  const start = [Buffer.from('GGUF'), u32(version)];
  const { tensorCount = BigInt(tensors.length), keyCount = BigInt(keys.length) } = counts;
  const header = padded(Buffer.concat([...start, u64(tensorCount), u64(keyCount), ...keys, ...heads]));
  return Buffer.concat([header, ...tensors.map(({ data }) => padded(data))]);
}

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)]);

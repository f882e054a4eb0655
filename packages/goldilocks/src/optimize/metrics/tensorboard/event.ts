// The scalars of a TensorBoard event (tensorboard/compat/proto/event.proto), in both forms that writers use.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

export interface ScalarEvent {
  readonly step: number;
  /** By tag. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** Reads one field's value. */
type Field = (reader: BinaryReader, wire: WireType) => void;
type Fields = Readonly<Record<number, Field>>;

/** Reads a message; fields that are not named are skipped. */
function readMessage(reader: BinaryReader, length: number, fields: Fields): void {
  const end = reader.pos + length;
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wire, number);
    else field(reader, wire);
  }
}

/** Throws an error for bytes that are no message. */
export function scalarsOf(bytes: Uint8Array): ScalarEvent {
  let step = 0;
  const scalars: Record<string, number> = Object.create(null);
  const summary: Fields = {
    1: (reader) => {
      const { tag, value } = readValue(reader.bytes());
      if (tag !== '' && value !== undefined) scalars[tag] = value;
    },
  };
  readMessage(new BinaryReader(bytes), bytes.length, {
    2: (reader) => {
      step = Number(reader.int64());
    },
    5: (reader) => readMessage(reader, reader.uint32(), summary),
  });
  return { step, scalars };
}

/** Summary.Value: its tag, and `simple_value` or a tensor of one number. */
function readValue(bytes: Uint8Array): { tag: string; value: number | undefined } {
  const found: { tag: string; value: number | undefined } = { tag: '', value: undefined };
  readMessage(new BinaryReader(bytes), bytes.length, {
    1: (reader) => {
      found.tag = reader.string();
    },
    2: (reader) => {
      found.value = reader.float();
    },
    8: (reader) => {
      found.value = readTensor(reader.bytes());
    },
  });
  return found;
}

/** TensorProto's types that a scalar may have, and how many bytes each has in `tensor_content`. */
const types: Record<number, { size: number; read: (view: DataView) => number }> = {
  1: { size: 4, read: (view) => view.getFloat32(0, true) },
  2: { size: 8, read: (view) => view.getFloat64(0, true) },
  3: { size: 4, read: (view) => view.getInt32(0, true) },
  9: { size: 8, read: (view) => Number(view.getBigInt64(0, true)) },
  14: { size: 2, read: (view) => bfloat16(view.getUint16(0, true)) },
};

/** The number of a tensor that holds exactly one; undefined for text, images, histograms. */
function readTensor(bytes: Uint8Array): number | undefined {
  let type = 0;
  let content: Uint8Array | undefined;
  const listed: number[] = [];
  readMessage(new BinaryReader(bytes), bytes.length, {
    1: (reader) => {
      type = reader.int32();
    },
    4: (reader) => {
      content = reader.bytes();
    },
    5: list(listed, (reader) => reader.float()),
    6: list(listed, (reader) => reader.double()),
    7: list(listed, (reader) => reader.int32()),
    10: list(listed, (reader) => Number(reader.int64())),
  });
  const form = types[type];
  if (form === undefined) return undefined;
  if (content?.length === form.size) return form.read(new DataView(content.buffer, content.byteOffset, form.size));
  return content === undefined && listed.length === 1 ? listed[0] : undefined;
}

/** A repeated number: packed into one field, or a field each. */
function list(into: number[], read: (reader: BinaryReader) => number): Field {
  return (reader, wire) => {
    const end = wire === WireType.LengthDelimited ? reader.uint32() + reader.pos : 0;
    do into.push(read(reader));
    while (reader.pos < end);
  };
}

function bfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, bits, true);
  return view.getFloat32(0, true);
}

// TFRecord: length, its CRC, data, its CRC; cut anywhere while the file is being written.
import { maskedCrc32c } from './crc32c.js';

/** Larger than any summary that holds a scalar; a length above it is damage. */
const LARGEST = 256 * 1024 * 1024;
const HEADER = 12;
const FOOTER = 4;

/** The file holds something else than records from here on, or was damaged. */
export class DamagedRecordError extends Error {
  override readonly name = 'DamagedRecordError';
}

export class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The data of the records that these bytes complete.
   * @throws DamagedRecordError where a checksum does not fit; the records before it have been given
   */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    let at = 0;
    try {
      for (;;) {
        const length = recordLength(this.#rest, at);
        if (length === null || at + HEADER + length + FOOTER > this.#rest.length) return;
        const data = this.#rest.subarray(at + HEADER, at + HEADER + length);
        if (this.#rest.readUInt32LE(at + HEADER + length) !== maskedCrc32c(data)) {
          throw new DamagedRecordError('the checksum of a record does not fit its data');
        }
        at += HEADER + length + FOOTER;
        yield data;
      }
    } finally {
      this.#rest = this.#rest.subarray(at);
    }
  }
}

function recordLength(bytes: Buffer, at: number): number | null {
  if (at + HEADER > bytes.length) return null;
  if (bytes.readUInt32LE(at + 8) !== maskedCrc32c(bytes.subarray(at, at + 8))) {
    throw new DamagedRecordError('the checksum of a length does not fit');
  }
  const length = bytes.readBigUInt64LE(at);
  if (length > LARGEST) throw new DamagedRecordError(`a record claims ${length} bytes`);
  return Number(length);
}

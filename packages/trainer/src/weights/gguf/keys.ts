// The keys of a GGUF file by name and kind, with errors that say what was there instead.
import { ModelFormatError } from '../../errors.js';
import type { GgufValue } from './metadata.js';

/** Keys of the architecture may be asked for without its prefix: `block_count` finds `llama.block_count`. */
export class GgufKeys {
  constructor(
    /** Of the file, for messages. */
    readonly path: string,
    private readonly metadata: ReadonlyMap<string, GgufValue>,
  ) {}

  text(key: string): string {
    return this.need(key, this.optionalText(key));
  }

  optionalText(key: string): string | undefined {
    return this.get(key, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }

  optionalNumber(key: string): number | undefined {
    return this.get(key, 'a number', asNumber);
  }

  number(key: string): number {
    return this.need(key, this.optionalNumber(key));
  }

  /** A whole number ≥ 0; for a list with one number a layer, the one they share. */
  optionalCount(key: string): number | undefined {
    return this.get(key, 'a whole number, the same for every layer', (value) => {
      const number = asNumber(value) ?? shared(value);
      return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
    });
  }

  count(key: string): number {
    return this.need(key, this.optionalCount(key));
  }

  optionalFlag(key: string): boolean | undefined {
    return this.get(key, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  optionalTexts(key: string): readonly string[] | undefined {
    return this.get(key, 'a list of texts', (value) =>
      Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? (value as string[]) : undefined,
    );
  }

  optionalNumbers(key: string): ArrayLike<number> | undefined {
    return this.get(key, 'a list of numbers', (value) =>
      ArrayBuffer.isView(value) && !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array)
        ? (value as unknown as ArrayLike<number>)
        : undefined,
    );
  }

  private get<T>(key: string, kind: string, read: (value: GgufValue) => T | undefined): T | undefined {
    const architecture = this.metadata.get('general.architecture');
    const value = this.metadata.get(key) ?? this.metadata.get(`${String(architecture)}.${key}`);
    if (value === undefined) return undefined;
    const found = read(value);
    if (found !== undefined) return found;
    throw new ModelFormatError(
      `${this.path} has the key ${key} with something else than ${kind}. Download or write it again.`,
    );
  }

  private need<T>(key: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new ModelFormatError(`${this.path} lacks the key ${key}, so it cannot be used as a language model.`);
  }
}

function asNumber(value: GgufValue): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

function shared(value: GgufValue): number | undefined {
  if (!(value instanceof Int32Array || value instanceof Uint32Array) || value.length === 0) return undefined;
  return value.every((entry) => entry === value[0]) ? value[0] : undefined;
}

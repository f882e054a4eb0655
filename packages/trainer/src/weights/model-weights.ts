// The weights of a model as named tensors, wherever and in whichever precision they are stored.

export interface TensorInfo {
  /** The stored type, by its safetensors name. */
  dtype: string;
  shape: number[];
  /** Path of the file that holds it. */
  file: string;
  /** First byte in that file. */
  offset: number;
  /** Bytes. */
  length: number;
}

/** Opened weights. Nothing is kept in memory: every `read` reads the file. */
export interface ModelWeights {
  /** Files that hold the weights. */
  readonly files: readonly string[];
  names(): string[];
  has(name: string): boolean;
  /** Throws ModelFormatError where there is no such tensor. */
  info(name: string): TensorInfo;
  /** Whether the tensor is there and `read` can give it. */
  isReadable(name: string): boolean;
  /** The tensor as float32, row-major. Throws ModelFormatError where it is missing, unreadable or not a real number type. */
  read(name: string): Float32Array;
}

// The few parts of the WebAssembly interface in use. (Node's types leave the global out; the DOM's would bring a browser.)

export interface WasmMemory {
  /** Of fixed size here: the memory is never grown, so that views into it stay attached. */
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyInterface {
  Memory: new (descriptor: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { exports: unknown };
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;

// Runs graphs, on the processor or a GPU.
import { availableParallelism } from 'node:os';
import { Graph, type Value } from '../graph/graph.js';
import { resolveShape, type Sizes } from '../graph/open-sizes.js';
import { add } from '../graph/ops/elementwise.js';
import { matmul } from '../graph/ops/product.js';
import { encodeOnnx, nodesOnCpu, writtenNodes } from '../onnx/encode.js';
import { halveProducts } from '../onnx/half-products.js';
import { HostIntegers } from '../onnx/host-integers.js';
import type { TensorData } from '../tensor/dtype.js';
import { showShape, sizeOf } from '../tensor/shape.js';
import { type DeviceName, deviceError } from './device.js';
import { DeviceTensor } from './device-tensor.js';
import { InferenceSession, type RuntimeSession, type RuntimeTensor, Tensor } from './onnxruntime.js';

export interface RuntimeOptions {
  /** Folder of the files that mapped constants name. */
  weightsFolder?: string;
  /** Threads within one op; default: all cores. */
  threads?: number;
  /** Default: cpu. On a GPU every node has to run there; one that has no kernel there is an error. */
  device?: DeviceName;
  /** Matrix products in 16 bits; default false. */
  mixedPrecision?: boolean;
  /** Outputs that stay in the GPU's memory. */
  keeps?: (output: string) => boolean;
}

export type Feeds = Readonly<Record<string, TensorData | DeviceTensor>>;
export type Results = Readonly<Record<string, Float32Array>>;

export interface Outputs {
  results: Results;
  /** What stayed on the GPU; the caller's to release. */
  kept: Map<string, DeviceTensor>;
}

/** Feeds that don't match the graph's inputs. */
export class FeedError extends Error {
  override name = 'FeedError';
}

/** A graph made ready to run. Holds native memory until `release`. */
export class Executable {
  /** Results that are still on the GPU: its buffers are the session's. */
  private living = 0;
  private isReleased = false;

  private constructor(
    private readonly session: RuntimeSession,
    private readonly graph: Graph,
    private readonly integers: HostIntegers,
    private readonly device: DeviceName,
  ) {}

  /** @throws DeviceError where there is no GPU, or it cannot run a node */
  static async compile(graph: Graph, options: RuntimeOptions = {}): Promise<Executable> {
    const { device = 'cpu', mixedPrecision } = options;
    const nodes = device === 'cpu' && !mixedPrecision ? nodesOnCpu(graph) : writtenNodes(graph);
    const integers = new HostIntegers(graph, mixedPrecision ? halveProducts(nodes) : nodes);
    const bytes = encodeOnnx(graph, integers);
    if (device === 'webgpu') await holdDevice();
    const session = await onDevice(device, () => InferenceSession.create(bytes, sessionOptions(graph, options)));
    return new Executable(session, graph, integers, device);
  }

  /**
   * Computes all outputs (float32). The feeds are read in place, not copied.
   * @param sizes what the graph leaves open
   * @throws FeedError where a feed is missing or has another size; DeviceError where the GPU fails
   */
  async run(feeds: Feeds, sizes: Sizes = {}): Promise<Results> {
    return (await this.runKeeping(feeds, sizes)).results;
  }

  /** The same where outputs stay on the GPU. */
  async runKeeping(feeds: Feeds, sizes: Sizes = {}): Promise<Outputs> {
    const tensors: Record<string, RuntimeTensor> = {};
    for (const input of this.graph.inputs) {
      tensors[input.name] = toTensor(input, feeds[input.name], sizes);
    }
    for (const value of this.integers.fed) {
      tensors[value.name] = toTensor(value, this.integers.valueOf(value, sizes, feeds), sizes);
    }
    const outputs = await onDevice(this.device, () => this.session.run(tensors));
    const results: Record<string, Float32Array> = {};
    const kept = new Map<string, DeviceTensor>();
    for (const [name, tensor] of Object.entries(outputs)) {
      if (tensor.location === 'cpu') results[name] = tensor.data as Float32Array;
      else kept.set(name, this.keep(tensor as RuntimeTensor));
    }
    return { results, kept };
  }

  /** No further run is to come; the session ends with the last result that it keeps. */
  async release(): Promise<void> {
    this.isReleased = true;
    await this.endIfUnused();
  }

  private keep(tensor: RuntimeTensor): DeviceTensor {
    this.living += 1;
    return new DeviceTensor(tensor, tensor.dims, async () => {
      this.living -= 1;
      await this.endIfUnused();
    });
  }

  private async endIfUnused(): Promise<void> {
    if (this.isReleased && this.living === 0) await this.session.release();
  }
}

let held: Promise<RuntimeSession> | undefined;

/**
 * Keeps the GPU open from now on, by a session that is never released: with its last session it would end, and the next one would compile
 * every shader anew.
 * @throws DeviceError where there is no GPU
 */
export function holdDevice(): Promise<unknown> {
  const graph = new Graph();
  graph.output('y', add(graph.input('x', 'float32', [1]), 1));
  held ??= onDevice('webgpu', () =>
    InferenceSession.create(encodeOnnx(graph), sessionOptions(graph, { device: 'webgpu' })),
  );
  return held;
}

/** @throws DeviceError where the GPU lacks numbers of 16 bits (shader-f16) */
export async function checkHalfPrecision(): Promise<void> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 1]);
  graph.output('y', matmul(x, x));
  const executable = await Executable.compile(graph, { device: 'webgpu', mixedPrecision: true });
  await executable.run({ x: Float32Array.of(1) });
  await executable.release();
}

function sessionOptions(graph: Graph, { device = 'cpu', keeps, threads, weightsFolder }: RuntimeOptions) {
  const outputs = [...graph.outputs.keys()].map((name) => [name, keeps?.(name) ? 'gpu-buffer' : 'cpu'] as const);
  return {
    executionProviders: [device],
    ...(device !== 'cpu' && { preferredOutputLocation: Object.fromEntries(outputs) }),
    intraOpNumThreads: device === 'cpu' ? (threads ?? availableParallelism()) : 1,
    interOpNumThreads: 1,
    // Graphs are written as they should run: the runtime's own passes made no step faster, and doubled the time until the first.
    graphOptimizationLevel: 'disabled' as const,
    // Without the arena a step's memory goes back at once; the process is started with allocator settings that make this fast.
    enableCpuMemArena: false,
    // It would plan one block for all of a run, but ask for a new one each time, and the heap cannot reuse the old.
    enableMemPattern: false,
    logSeverityLevel: device === 'cpu' ? (3 as const) : (4 as const),
    extra: {
      session: {
        // Prepacking would copy the mapped weights into memory.
        disable_prepacking: '1',
        intra_op: { allow_spinning: '0' },
        // Each node that went to the CPU in silence would cost a journey there and back.
        ...(device !== 'cpu' && { disable_cpu_ep_fallback: '1' }),
        ...(weightsFolder && { model_external_initializers_file_folder_path: weightsFolder }),
      },
    },
  };
}

/** What a GPU refuses is told as such; the CPU's own errors stay as they are. */
async function onDevice<T>(device: DeviceName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw device === 'cpu' ? error : deviceError(error);
  }
}

function toTensor(input: Value, fed: TensorData | DeviceTensor | undefined, sizes: Sizes): RuntimeTensor {
  if (!fed) throw new FeedError(`No value was fed for the input ${input.name}.`);
  const shape = resolveShape(input.shape, sizes);
  const count = fed instanceof DeviceTensor ? sizeOf(fed.shape) : fed.length;
  if (count !== sizeOf(shape)) {
    throw new FeedError(`The input ${input.name} has shape ${showShape(shape)}, but ${count} elements were fed.`);
  }
  return fed instanceof DeviceTensor ? fed.tensor : new Tensor(input.dtype as 'float32', fed as never, shape);
}

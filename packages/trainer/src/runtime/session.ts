// Runs graphs. The only file that knows onnxruntime-node.
import { availableParallelism } from 'node:os';
import type { Graph, Value } from '../graph/graph.js';
import { resolveShape, type Sizes } from '../graph/open-sizes.js';
import { encodeOnnx } from '../onnx/encode.js';
import type { TensorData } from '../tensor/dtype.js';
import { showShape, sizeOf } from '../tensor/shape.js';

// Read when the first session is made: ONNX Runtime reports usage by default, and nothing may leave the machine.
process.env.ORT_DISABLE_TELEMETRY = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');
type Session = Awaited<ReturnType<typeof InferenceSession.create>>;

export interface RuntimeOptions {
  /** Folder of the files that mapped constants name. */
  weightsFolder?: string;
  /** Threads within one op; default: all cores. */
  threads?: number;
}

export type Feeds = Readonly<Record<string, TensorData>>;
export type Results = Readonly<Record<string, Float32Array>>;

/** Feeds that don't match the graph's inputs. */
export class FeedError extends Error {
  override name = 'FeedError';
}

/** A graph made ready to run. Holds native memory until `release`. */
export class Executable {
  private constructor(
    private readonly session: Session,
    private readonly inputs: readonly Value[],
    private readonly sizeInputs: Graph['sizeInputs'],
  ) {}

  static async compile(graph: Graph, options: RuntimeOptions = {}): Promise<Executable> {
    const session = await InferenceSession.create(encodeOnnx(graph), {
      executionProviders: ['cpu'],
      intraOpNumThreads: options.threads ?? availableParallelism(),
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Without the arena a step's memory goes back at once; the process is started with allocator settings that make this fast.
      enableCpuMemArena: false,
      // It would plan one block for all of a run, but ask for a new one each time, and the heap cannot reuse the old.
      enableMemPattern: false,
      logSeverityLevel: 3,
      extra: {
        // It would merge what is computed again, to save memory, with what was computed first.
        optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination' },
        session: {
          // Prepacking would copy the mapped weights into memory.
          disable_prepacking: '1',
          intra_op: { allow_spinning: '0' },
          ...(options.weightsFolder && { model_external_initializers_file_folder_path: options.weightsFolder }),
        },
      },
    });
    return new Executable(session, graph.inputs, graph.sizeInputs);
  }

  /**
   * Computes all outputs (float32). The feeds are read in place, not copied.
   * @param sizes what the graph leaves open
   */
  async run(feeds: Feeds, sizes: Sizes = {}): Promise<Results> {
    const tensors: Record<string, InstanceType<typeof Tensor>> = {};
    for (const input of this.inputs) {
      tensors[input.name] = toTensor(input, feeds[input.name], sizes);
    }
    for (const [size, { name }] of this.sizeInputs) {
      tensors[name] = new Tensor('int64', BigInt64Array.of(BigInt(sizes[size]!)), [1]);
    }
    const results = await this.session.run(tensors);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function toTensor(input: Value, data: TensorData | undefined, sizes: Sizes): InstanceType<typeof Tensor> {
  if (!data) throw new FeedError(`No value was fed for the input ${input.name}.`);
  const shape = resolveShape(input.shape, sizes);
  if (data.length !== sizeOf(shape)) {
    throw new FeedError(`The input ${input.name} has shape ${showShape(shape)}, but ${data.length} elements were fed.`);
  }
  return new Tensor(input.dtype, data as never, shape);
}

// A computation as a list of nodes in the order they run. Values are static in dtype and shape.
import { bytesPerElement, type DType, dtypeOf, type TensorData } from '../tensor/dtype.js';
import { type Shape, showShape, sizeOf } from '../tensor/shape.js';
import { GraphError } from './errors.js';
import type { OpenSize } from './open-sizes.js';

export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The node that computes it; none for inputs and constants. */
  readonly producer?: Node;
}

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Node {
  readonly op: string;
  /** '' is ONNX's own operator set. */
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Bytes of a constant that stay in a file and are memory-mapped when the graph runs. */
export interface MappedData {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Gradients for `inputs` (undefined: none) given the gradient of the value they belong to. */
export interface CustomGradient {
  readonly inputs: readonly Value[];
  readonly backward: (gradient: Value) => (Value | undefined)[];
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly constants = new Map<Value, TensorData | MappedData>();
  readonly outputs = new Map<string, Value>();
  readonly customGradients = new Map<Value, CustomGradient>();
  /** Open sizes that the graph reads as numbers; they are inputs too, unless the graph computes them. */
  readonly sizeInputs = new Map<OpenSize, Value>();
  private readonly scalars = new Map<string, Value>();
  private readonly names = new Set<string>();
  private counter = 0;

  /** A value fed at every run. */
  input(name: string, dtype: DType, shape: Shape): Value {
    const value = this.value(dtype, shape, undefined, name);
    this.inputs.push(value);
    return value;
  }

  /** A value that never changes, stored inside the graph; for large ones use `mapped`. */
  constant(data: TensorData, shape: Shape, dtype: DType = dtypeOf(data)): Value {
    if (sizeOf(shape) !== data.length) {
      throw new GraphError('constant', `${data.length} elements do not fill shape ${showShape(shape)}`);
    }
    const value = this.value(dtype, shape);
    this.constants.set(value, data);
    return value;
  }

  /** A constant that stays in its file and is memory-mapped. */
  mapped(name: string, shape: Shape, data: MappedData, dtype: DType = 'float32'): Value {
    const bytes = sizeOf(shape) * bytesPerElement[dtype];
    if (data.length !== bytes) {
      throw new GraphError('mapped', `${name} has ${data.length} bytes, but shape ${showShape(shape)} needs ${bytes}`);
    }
    const value = this.value(dtype, shape, undefined, name);
    this.constants.set(value, data);
    return value;
  }

  /** A float32 scalar, one per distinct number. */
  scalar(number: number): Value {
    const key = String(number);
    const known = this.scalars.get(key);
    if (known) return known;
    const value = this.constant(Float32Array.of(number), []);
    this.scalars.set(key, value);
    return value;
  }

  /** An open size as a number, [1] (int64). */
  openSize(size: OpenSize): Value {
    const value = this.sizeInputs.get(size) ?? this.value('int64', [1], undefined, `size.${size}`);
    this.sizeInputs.set(size, value);
    return value;
  }

  /** The numbers of a small integer constant, such as the axes of a reduction. */
  integersOf(value: Value): number[] {
    return Array.from(this.constants.get(value) as BigInt64Array, Number);
  }

  /** Marks a value as a result of every run, under a name. */
  output(name: string, value: Value): void {
    if (this.outputs.has(name)) throw new GraphError('output', `the name ${name} is already used`);
    this.outputs.set(name, value);
  }

  /** Appends a node with one output. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    dtype: DType,
    shape: Shape,
    attributes: Record<string, Attribute> = {},
    domain: Node['domain'] = '',
  ): Value {
    for (const input of inputs) {
      if (input && input.graph !== this) throw new GraphError(op, `${input.name} belongs to another graph`);
    }
    const node: Node = { op, domain, inputs, outputs: [], attributes };
    const value = this.value(dtype, shape, node);
    node.outputs.push(value);
    this.nodes.push(node);
    return value;
  }

  /**
   * Replaces what differentiation would derive for `output` from its nodes: the gradient goes straight to `inputs`.
   * For steps whose hand-written backward is cheaper or has no scatter in it.
   */
  customGradient(output: Value, gradient: CustomGradient): Value {
    this.customGradients.set(output, gradient);
    return output;
  }

  private value(dtype: DType, shape: Shape, producer?: Node, name = `v${this.counter++}`): Value {
    if (shape.some((dimension) => !Number.isInteger(dimension) || dimension < 1)) {
      throw new GraphError(
        producer?.op ?? 'value',
        `shape ${showShape(shape)} of ${name} has a dimension that is not ≥ 1`,
      );
    }
    if (this.names.has(name)) throw new GraphError(producer?.op ?? 'value', `the name ${name} is already used`);
    this.names.add(name);
    return { graph: this, name, dtype, shape, ...(producer && { producer }) };
  }
}

// Makes matrices nearly orthogonal by matrix products alone, in ONNX Runtime: one graph a shape.

import { Graph } from '../graph/graph.js';
import { mul } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { freeArrays } from '../runtime/free.js';
import { Executable } from '../runtime/session.js';

/** Of the polynomial a·x + b·x³ + c·x⁵ that drives singular values towards 1, and how often it is applied (torch.optim.Muon's). */
const [a, b, c] = [3.4445, -4.775, 2.0315];
const iterations = 5;

export class NewtonSchulz {
  private readonly executables = new Map<string, Promise<Executable>>();

  /**
   * Calls `use` with the matrix of the same singular vectors, singular values about 1 (0.7 … 1.2); it holds while `use` runs.
   * @param matrix [rows, columns], of spectral norm 1 at most
   */
  async run(matrix: Float32Array, shape: readonly number[], use: (result: Float32Array) => void): Promise<void> {
    const key = shape.join();
    let executable = this.executables.get(key);
    if (!executable) this.executables.set(key, (executable = Executable.compile(iterationGraph(shape))));
    const { result } = await (await executable).run({ matrix });
    use(result!);
    await freeArrays([result!]);
  }

  async release(): Promise<void> {
    for (const executable of this.executables.values()) await (await executable).release();
    this.executables.clear();
  }
}

/** X ← a·X + (b·G + c·G²)·X with G = XXᵀ; of a tall matrix with G = XᵀX from the right, which is the same and smaller. */
function iterationGraph(shape: readonly number[]): Graph {
  const graph = new Graph();
  const isTall = shape[0]! > shape[1]!;
  let x = graph.input('matrix', 'float32', shape);
  for (let i = 0; i < iterations; i++) {
    const gram = isTall ? gemm(x, x, { transposeA: true }) : gemm(x, x, { transposeB: true });
    const polynomial = gemm(gram, mul(gram, c), { bias: mul(gram, b) });
    const bias = mul(x, a);
    x = isTall ? gemm(x, polynomial, { bias }) : gemm(polynomial, x, { bias });
  }
  graph.output('result', x);
  return graph;
}

// A module context over a new graph: where weights come from, adapters, dropout masks.
import { withDora } from '../adapters/dora.js';
import { loraOutput, loraScale } from '../adapters/lora.js';
import { loraNames } from '../adapters/names.js';
import { GraphError } from '../graph/errors.js';
import { Graph, type Value } from '../graph/graph.js';
import { compactProduct, widen } from '../graph/ops/compact.js';
import { add, mul, where } from '../graph/ops/elementwise.js';
import { gatherRows, reshape, selectRows, slice } from '../graph/ops/layout.js';
import { gemm } from '../graph/ops/product.js';
import { effectiveDropout } from '../kernels/dropout-masks.js';
import type { LookupKey, ModuleContext } from '../modules/context.js';
import type { LoraSettings } from '../settings.js';
import { type Shape, sameShape, showShape } from '../tensor/shape.js';
import type { Architecture } from './architecture.js';
import type { ConstantWeights } from './model-tensors.js';

/** Which weights a graph is fed at every run; all others are constants, mapped from the base model's file. */
export interface FedWeights {
  /** Shape by name: base tensors under their Hugging Face names, adapters under `….lora_A.weight`, `….lora_B.weight`. */
  shapes: ReadonlyMap<string, readonly number[]>;
  lora?: LoraSettings;
}

export interface ContextOptions {
  architecture: Architecture;
  /** Where the weights lie that are not fed; not needed where all are. */
  mapped?: Pick<ConstantWeights, 'constant' | 'matrix'>;
  fed: FedWeights;
  rows: number;
  /** Places a row. */
  tokens: number;
  /** How many tokens there are where rows are padded; default: one in each place. */
  packed?: number;
  /** Where only some tokens predict, how many: the last layer leaves out what no prediction needs. */
  targets?: number;
  /** Places of a row in the cache of keys and values; default 0. */
  past?: number;
  /** Dropout probability; 0 outside training. */
  dropout?: number;
}

/** The context, the weights it has asked for so far, and the sizes of the dropout masks. Token ids are the input `ids`. */
export function makeContext({ mapped, fed, rows, tokens, packed, targets, past = 0, dropout = 0 }: ContextOptions) {
  const graph = new Graph();
  const values = new Map<unknown, Value>();
  const shared = (key: unknown, make: () => Value): Value => {
    let value = values.get(key);
    if (!value) values.set(key, (value = make()));
    return value;
  };
  const maskSizes: number[] = [];
  const masked = (x: Value): Value => {
    if (dropout === 0) return x;
    const mask = graph.input(`dropout.${maskSizes.length}`, 'bool', x.shape);
    maskSizes.push(x.shape.reduce((product, n) => product * n, 1));
    return where(mask, mul(x, 1 / (1 - effectiveDropout(dropout))), 0);
  };
  const weights = new Map<string, Value>();
  const weight = (name: string, shape: Shape): Value => {
    let value = weights.get(name);
    if (!value) weights.set(name, (value = openWeight(graph, name, fed, mapped)));
    if (sameShape(value.shape, shape)) return value;
    throw new GraphError('weight', `${name} has shape ${showShape(value.shape)}, not ${showShape(shape)}`);
  };
  const layout = packed === undefined ? sameLayout : packedLayout(graph, packed, rows * tokens);
  const positions = graph.input('positions', 'int64', [rows, tokens]);
  const rowsOf = (table: Value, key: LookupKey): Value => {
    if (key === 'first') return slice(table, 0, 0, 1);
    if (key === 'position') return layout.fromRows(gatherRows(table, reshape(positions, [rows * tokens])));
    return gatherRows(
      table,
      shared('ids', () => graph.input('ids', 'int32', [packed ?? rows * tokens])),
    );
  };
  const context: ModuleContext = {
    graph,
    ...layout,
    ...(targets && { selection: makeSelection(graph, targets, packed ?? rows * tokens, rows * tokens) }),
    rows,
    tokens,
    past,
    positions,
    attentionBias: graph.input('attentionBias', 'float32', [rows, 1, 1, tokens, past + tokens]),
    weight,
    lookup: (name, shape, key) => rowsOf(weight(name, shape), key),
    linear: (name, x, out, { bias = false, transposed = false } = {}) => {
      const added = bias ? weight(`${name}.bias`, [out]) : undefined;
      const compact = fed.shapes.has(`${name}.weight`) ? undefined : mapped?.matrix?.(graph, `${name}.weight`);
      const whole = () => weight(`${name}.weight`, transposed ? [x.shape[1]!, out] : [out, x.shape[1]!]);
      const product = (y: Value, offset?: Value) =>
        compact
          ? compactProduct(y, compact, { transposed, bias: offset })
          : gemm(y, whole(), { transposeB: !transposed, bias: offset });
      const names = loraNames(name);
      const [shapeA, shapeB] = [fed.shapes.get(names.a), fed.shapes.get(names.b)];
      if (!fed.lora || !shapeA || !shapeB) return product(x, added);
      const [a, b, scale] = [weight(names.a, shapeA), weight(names.b, shapeB), loraScale(fed.lora)];
      if (!fed.lora.dora) return add(product(x, added), loraOutput(masked(x), a, b, scale));
      const magnitude = weight(names.magnitude, [out]);
      const matrix = compact ? widen(compact) : whole();
      return withDora(x, masked(x), { product, matrix, transposed, bias: added, a, b, magnitude, scale });
    },
    dropout: (x) => (fed.lora ? x : masked(x)),
    shared,
  };
  return { context, maskSizes, weights };
}

type Layout = Pick<ModuleContext, 'toRows' | 'fromRows'>;

const sameLayout: Layout = { toRows: (x) => x, fromRows: (x) => x };

/** Moves between tokens and rows. Padding in rows holds copies of a token that nothing looks at, so no gradient comes from there. */
function packedLayout(graph: Graph, tokens: number, places: number): Layout {
  const tokenOfPlace = graph.input('tokenOfPlace', 'int32', [places]);
  const tokenOrNone = graph.input('tokenOrNone', 'int32', [places]);
  const placeOfToken = graph.input('placeOfToken', 'int32', [tokens]);
  return {
    toRows: (x) =>
      graph.customGradient(gatherRows(x, tokenOfPlace), {
        inputs: [x],
        backward: (gradient) => [gatherRows(gradient, placeOfToken)],
      }),
    fromRows: (x) => selectRows(x, placeOfToken, tokenOrNone),
  };
}

/** The tokens that predict: from where attention sees them, and from all tokens. */
function makeSelection(graph: Graph, targets: number, tokens: number, places: number): ModuleContext['selection'] {
  const placeOfTarget = graph.input('placeOfTarget', 'int32', [targets]);
  const targetOfPlace = graph.input('targetOfPlace', 'int32', [places]);
  const selected = graph.input('selected', 'int32', [targets]);
  const inverse = graph.input('inverse', 'int32', [tokens]);
  return {
    targets,
    fromRows: (x) => selectRows(x, placeOfTarget, targetOfPlace),
    select: (x) => selectRows(x, selected, inverse),
  };
}

function openWeight(graph: Graph, name: string, fed: FedWeights, mapped: ContextOptions['mapped']): Value {
  const shape = fed.shapes.get(name);
  if (shape) return graph.input(name, 'float32', shape);
  if (!mapped) throw new GraphError('makeContext', `${name} is not fed, and there are no mapped weights`);
  return mapped.constant(graph, name);
}

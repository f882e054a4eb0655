// What a family of models tells the engine about one model.
import type { Value } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import type { KeyValues } from '../modules/attention.js';
import type { ModuleContext } from '../modules/context.js';
import type { LoraTarget } from '../settings.js';
import type { ModelConfig, RawConfig } from './config.js';

export type ModelTask = 'generation' | 'classification';

export interface LayerOutput {
  /** [n, hidden] */
  hidden: Value;
  /** Keys and values of these tokens, for a cache. */
  present: KeyValues;
}

/**
 * The forward pass in its parts, from bottom to top. Weights are asked for by their Hugging Face names, with their shapes: what is asked
 * for is what the model has (`Inventory`), so names and shapes are written once.
 */
export interface Architecture {
  readonly config: ModelConfig;
  /** Continuing texts, or telling which of its `labels` a text belongs to (encoders). */
  readonly task: ModelTask;
  /** What names of tensors begin with, and lack in checkpoints of the bare model: `model.` */
  readonly prefix: string;
  /** The class of Transformers that reads the exported model. */
  readonly className: string;
  /** Rows looked up in the embedding tables, summed: [n, hidden]. Their gradients are added row by row in the optimizer. */
  embed(context: ModuleContext): Value;
  /** What comes between the embeddings and the first layer, such as a norm; nothing where it is left out. */
  afterEmbedding?(context: ModuleContext, x: Value): Value;
  /** Layer number `layer`, from 0: x [n, hidden]. */
  layer(context: ModuleContext, x: Value, layer: number, past?: KeyValues): LayerOutput;
  /** Logits [n, vocabulary] of hidden states [n, hidden]; of an encoder's first tokens [n, labels]. */
  head(context: ModuleContext, x: Value): Value;
  /** Modules that a checkpoint may lack, and those that are new whatever it has: they begin random. */
  readonly mayBeNew?: readonly string[];
  readonly isNew?: readonly string[];
  /** The linear layer within a layer that each LoRA target stands for, by its name there. */
  readonly loraTargets: Readonly<Record<LoraTarget, string>>;
  /** Values of config.json to write explicitly, since readers' defaults differ. */
  readonly written: RawConfig;
}

/** One family: reads its configurations. */
export interface Family {
  /** Models of it that people know, for messages. */
  readonly models: string;
  readonly modelType: string;
  /** Classes of Transformers whose checkpoints hold these weights. */
  readonly architectures: readonly string[];
  /**
   * @param labels classes to tell apart, for encoders; default: those the checkpoint was trained for
   * @throws ModelFormatError where a value is missing, impossible or absurd, or asks for what the engine does not compute
   */
  read(raw: RawConfig, file: string, labels?: readonly string[]): Architecture;
}

export interface LayerRange {
  from: number;
  /** Exclusive. */
  to: number;
  /** Cached keys and values a layer, for generation. */
  past?: readonly KeyValues[];
}

/**
 * Layers `from` … `to` − 1: hidden states [n, hidden] → the same, also before each layer, and each layer's keys and values. Of the model's last
 * layer only the selected tokens come out, [targets, hidden], where there is a selection.
 */
export function runLayers(
  context: ModuleContext,
  { layer, config }: Architecture,
  hidden: Value,
  { from, to, past }: LayerRange,
): { hidden: Value; before: Value[]; present: KeyValues[] } {
  const present: KeyValues[] = [];
  const before: Value[] = [];
  const last = config.layers - 1;
  let x = hidden;
  for (let number = from; number < to; number++) {
    before.push(x);
    const output = layer(number === last ? selecting(context) : context, x, number, past?.[number - from]);
    x = output.hidden;
    present.push(output.present);
  }
  return { hidden: x, before, present };
}

/** Attention looks at all tokens, but only what the selected ones see goes on. */
const selecting = (context: ModuleContext): ModuleContext =>
  context.selection ? { ...context, fromRows: context.selection.fromRows } : context;

/** x + branch, with the run's dropout on the branch. Where only one has the selected tokens alone, so has the sum. */
export function residual(context: ModuleContext, x: Value, branch: Value): Value {
  const dropped = context.dropout(branch);
  const isMixed = x.shape[0] !== dropped.shape[0];
  const select = (y: Value) =>
    isMixed && y.shape[0] !== context.selection!.targets ? context.selection!.select(y) : y;
  return add(select(x), select(dropped));
}

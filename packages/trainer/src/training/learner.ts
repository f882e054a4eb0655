// One optimizer step: examples in, weights changed. Holds the trainable weights, the optimizer and the graphs.
import { initializeLora } from '../adapters/lora-tensors.js';
import { type MicroBatch, makeMicroBatches, type NumberedExample, supervisedTokens } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { lookupRows } from '../data/segments.js';
import { SettingsError } from '../errors.js';
import { ParameterMemory } from '../kernels/memory.js';
import type { BaseModel } from '../models/base-model.js';
import type { TunedWeights, WeightTensor } from '../models/model.js';
import { updateRuleOf } from '../optimizers/choose.js';
import { DeviceAdamW } from '../optimizers/device-adamw.js';
import { LossScale } from '../optimizers/loss-scale.js';
import { Optimizer } from '../optimizers/optimizer.js';
import { Purpose } from '../random/philox.js';
import { BatchRunner } from '../running/batch-runner.js';
import { PrefixCache } from '../running/prefix-cache.js';
import { ResidentWeights } from '../running/resident-weights.js';
import type { DeviceName } from '../runtime/device.js';
import { freeArrays } from '../runtime/free.js';
import type { Results } from '../runtime/session.js';
import type { TrainingSettings } from '../settings.js';
import { sizeOf } from '../tensor/shape.js';
import { obstacleOnDevice } from './device-obstacle.js';
import { replayedExamples } from './replay.js';
import {
  cachedDepth,
  fedWeights,
  lowestTrainableLayer,
  prefixDepth,
  type TrainableTensor,
  trainableTensors,
} from './trainable.js';

export interface StepOutcome {
  /** Mean loss over the step's supervised tokens, before the update. */
  loss: number;
  gradientNorm: number;
  applied: boolean;
  /** Real tokens read, without padding. */
  tokens: number;
}

export interface LearnerOptions {
  base: BaseModel;
  settings: TrainingSettings;
  train: readonly TokenizedExample[];
  validation: readonly TokenizedExample[];
  /** What `settings.replay` repeats; without it nothing is repeated. */
  reference?: readonly TokenizedExample[];
  cacheDirectory: string;
  /** Default: cpu. */
  device?: DeviceName;
  /** Matrix products of training in 16 bits, with loss scaling; default false. */
  mixedPrecision?: boolean;
  /** Weight decay on norms and biases too, as plain torch.optim.AdamW has it; default false. */
  decayEverything?: boolean;
}

/** What a GPU holds: what trains, and what is frozen. */
interface OnDevice {
  optimizer: DeviceAdamW;
  frozen: ResidentWeights;
}

/** The graphs and caches of one set of trainable layers. */
interface Phase {
  lowestLayer: number;
  training: BatchRunner;
  evaluation: BatchRunner;
  prefixes: PrefixCache[];
}

export class Learner {
  private readonly memory: ParameterMemory;
  private readonly optimizer: Optimizer;
  /** Every tensor that trains at some time of the run, with its current values. */
  private readonly tensors = new Map<string, { tensor: TrainableTensor; data: Float32Array }>();
  private phase?: Phase;
  private readonly onDevice?: OnDevice;
  /** In mixed precision. */
  private readonly lossScale?: LossScale;

  constructor(private readonly options: LearnerOptions) {
    const { base, settings } = options;
    const tensors = trainableTensors(settings, base, settings.freezing.layers);
    if (tensors.length === 0) {
      throw new SettingsError(
        'With these settings nothing is trained: all layers are frozen. Freeze fewer layers or tensors.',
      );
    }
    const rule = updateRuleOf(settings);
    const rooms = tensors.map((tensor) => ({ count: sizeOf(tensor.shape), state: rule.stateOf(tensor) }));
    this.memory = new ParameterMemory(rooms);
    this.optimizer = new Optimizer(this.memory, rule, settings.weightDecay);
    if (options.device === 'webgpu') this.onDevice = this.openDevice();
    if (options.mixedPrecision) this.lossScale = new LossScale();
    tensors.forEach((tensor, part) => {
      const data = this.memory.allocate(rooms[part]!);
      const key = { seed: settings.seed, purpose: Purpose.initialization, counter: 0, part };
      if (base.shapes.has(tensor.name)) data.set(base.readTensor(tensor.name, settings.seed));
      else initializeLora(tensor, data, key, base, settings.basePrecision);
      this.tensors.set(tensor.name, { tensor, data });
    });
  }

  get trainableParameters(): number {
    return [...this.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  }

  /** The lowest layer that trains now. */
  get lowestLayer(): number | undefined {
    return this.phase?.lowestLayer;
  }

  /** Frees the layers that train at this epoch (fractional). @returns whether that changed anything */
  async moveTo(epoch: number): Promise<boolean> {
    const lowestLayer = lowestTrainableLayer(this.options.settings, this.options.base.config.layers, epoch);
    if (this.phase?.lowestLayer === lowestLayer) return false;
    await this.endPhase();
    const { base, settings } = this.options;
    const current = trainableTensors(settings, base, lowestLayer);
    for (const { name } of current) this.optimize(name);
    await this.onDevice?.optimizer.load(current.map((tensor) => ({ ...tensor, decay: this.decays(tensor) })));
    this.phase = await this.beginPhase(lowestLayer, current);
    return true;
  }

  /** Forward, backward and update on the examples of one step. */
  async step(examples: readonly NumberedExample[], step: number, learningRate: number): Promise<StepOutcome> {
    for (;;) {
      const outcome = await this.tryStep(examples, step, learningRate);
      if (!this.lossScale?.retry(outcome.applied)) return outcome;
    }
  }

  private async tryStep(examples: readonly NumberedExample[], step: number, rate: number): Promise<StepOutcome> {
    const { settings, reference = [] } = this.options;
    const dataShare = reference.length > 0 ? 1 - (settings.replay?.share ?? 0) : 1;
    const ofData = this.microBatches(examples, dataShare);
    const batches = [...ofData, ...this.replayedBatches(step)];
    const position = { seed: settings.seed, step, lossScale: this.lossScale?.value };
    let loss = 0;
    let results: Results = {};
    for (const [microBatch, batch] of batches.entries()) {
      await freeArrays(Object.values(results));
      const outputs = await this.current.training.runKeeping(batch, { ...position, microBatch });
      results = outputs.results;
      await this.onDevice?.optimizer.accumulate(outputs.kept);
      const part = this.collect(results, batch, microBatch < batches.length - 1);
      if (microBatch < ofData.length) loss += part / dataShare;
      else if (!Number.isFinite(part)) loss = part;
    }
    const tokens = batches.reduce((sum, { realTokens }) => sum + realTokens, 0);
    const update = await this.update(loss, rate);
    await freeArrays(Object.values(results));
    return { loss, tokens, ...update };
  }

  /** @param share what the mean loss of these examples counts for */
  private microBatches(examples: readonly NumberedExample[], share: number): MicroBatch[] {
    const { base, settings } = this.options;
    const supervised = examples.reduce((sum, { example }) => sum + supervisedTokens(example), 0);
    const { task } = base.architecture;
    return makeMicroBatches(examples, settings.microBatchTokens, supervised / share, task, !settings.neftune);
  }

  private replayedBatches(step: number): MicroBatch[] {
    const { settings, train, reference = [] } = this.options;
    if (!settings.replay || reference.length === 0) return [];
    return this.microBatches(replayedExamples(reference, settings, step, train.length), settings.replay.share);
  }

  /** Runs the current weights on the validation examples, without dropout. */
  get evaluation(): BatchRunner {
    return this.current.evaluation;
  }

  /** Brings what a GPU holds into `weights` and `state`. Call before these are read; on the CPU it does nothing. */
  async synchronize(): Promise<void> {
    await this.onDevice?.optimizer.store();
  }

  /** Views of the trained tensors; they change with the next step. */
  get weights(): TunedWeights {
    const { settings } = this.options;
    const tensors = [...this.tensors].map(([name, { tensor, data }]): [string, WeightTensor] => [
      name,
      { shape: [...tensor.shape], data },
    ]);
    return {
      method: settings.method,
      ...(settings.method === 'lora' && { lora: settings.lora }),
      ...(settings.basePrecision && { basePrecision: settings.basePrecision }),
      tensors: new Map(tensors),
    };
  }

  /** What a checkpoint holds: weights, moments and step counts. Views; write them before the next step. */
  state(): { steps: Record<string, number>; tensors: { name: string; data: Float32Array }[] } {
    const state = this.optimizer.state();
    const optimized = new Set(this.optimizer.parameterNames);
    const waiting = [...this.tensors]
      .filter(([name]) => !optimized.has(name))
      .map(([name, { data }]) => ({ name, data }));
    return { steps: state.steps, tensors: [...state.tensors, ...waiting] };
  }

  /** Takes over the state of a checkpoint. Call before the first step. */
  restore(steps: Record<string, number>, read: (name: string) => Float32Array | undefined): void {
    for (const name of Object.keys(steps)) this.optimize(name);
    this.optimizer.restore(steps, read);
  }

  async release(): Promise<void> {
    await this.endPhase();
    await this.optimizer.release();
    await this.onDevice?.optimizer.release();
    await this.onDevice?.frozen.release();
  }

  private get current(): Phase {
    if (!this.phase) throw new Error('Learner.moveTo must be called before a step.');
    return this.phase;
  }

  private openDevice(): OnDevice {
    const { base, settings } = this.options;
    const obstacle = obstacleOnDevice(settings);
    if (obstacle) throw new SettingsError(`On a GPU there is no place for ${obstacle}. Choose the device cpu.`);
    const optimizer = new DeviceAdamW(this.optimizer, { ...settings.adam, weightDecay: settings.weightDecay });
    return { optimizer, frozen: new ResidentWeights(base) };
  }

  private optimize(name: string): void {
    if (this.optimizer.parameterNames.includes(name)) return;
    const { tensor, data } = this.tensors.get(name)!;
    this.optimizer.addParameter({
      ...tensor,
      parameter: data,
      decay: this.decays(tensor),
    });
  }

  private decays({ decay }: TrainableTensor): boolean {
    return decay || this.options.decayEverything === true;
  }

  private async beginPhase(lowestLayer: number, current: readonly TrainableTensor[]): Promise<Phase> {
    const { base, settings, train, validation, reference = [], cacheDirectory } = this.options;
    const { dropout, gradientCheckpointing, labelSmoothing, neftune: noiseAlpha, basePrecision } = settings;
    const fed = fedWeights(settings, current);
    const held = new Map(current.map(({ name }) => [name, this.tensors.get(name)!.data]));
    const weights = this.onDevice?.optimizer.weights ?? held;
    const depth = prefixDepth(current, base.inventory);
    const open = (examples: readonly TokenizedExample[]) =>
      PrefixCache.open({ base, depth, examples, cacheDirectory, basePrecision });
    const prefix =
      cachedDepth(settings, current, base.inventory) > 0 ? await open([...train, ...reference]) : undefined;
    const validationPrefix = depth > 0 && validation.length > 0 ? await open(validation) : undefined;
    const { mixedPrecision } = this.options;
    const changes = { dropout, gradientCheckpointing, labelSmoothing, noiseAlpha, mixedPrecision };
    const shared = { base, fed, weights, resident: this.onDevice?.frozen, basePrecision };
    return {
      lowestLayer,
      prefixes: [prefix, validationPrefix].filter((cache) => cache !== undefined),
      training: new BatchRunner({ ...shared, ...changes, training: true, prefix }),
      evaluation: new BatchRunner({ ...shared, training: false, prefix: validationPrefix }),
    };
  }

  private async endPhase(): Promise<void> {
    await this.phase?.training.release();
    await this.phase?.evaluation.release();
    for (const prefix of this.phase?.prefixes ?? []) prefix.close();
    this.phase = undefined;
  }

  private async update(loss: number, learningRate: number): Promise<Pick<StepOutcome, 'gradientNorm' | 'applied'>> {
    const optimizer = this.onDevice?.optimizer ?? this.optimizer;
    if (Number.isFinite(loss)) {
      const { maxGradientNorm } = this.options.settings;
      return optimizer.step({ learningRate, maxGradientNorm, lossScale: this.lossScale?.value });
    }
    await optimizer.dropGradients();
    return { gradientNorm: Number.NaN, applied: false };
  }

  /** Hands a micro-batch's gradients to the optimizer; returns its part of the step's mean loss. */
  private collect(results: Results, batch: MicroBatch, more: boolean): number {
    for (const [output, gradient] of Object.entries(results)) {
      if (!output.startsWith('gradient.') || output === 'gradient.embedding') continue;
      this.optimizer.accumulate(output.slice('gradient.'.length), gradient, 1, more);
    }
    const rows = results['gradient.embedding'];
    if (rows) this.collectRows(rows, batch);
    return batch.targets.reduce((sum, { weight }, slot) => sum + weight * results.losses![slot]!, 0);
  }

  /** Adds the gradient at the embeddings' sum to the rows that were looked up, in each table that trains. */
  private collectRows(rows: Float32Array, { segments, shape }: MicroBatch): void {
    const { inventory, config } = this.options.base;
    for (const { name, key } of inventory.tables) {
      if (!this.optimizer.parameterNames.includes(name)) continue;
      this.optimizer.accumulateRows(name, lookupRows(key, segments, shape), rows, config.hiddenSize);
    }
  }
}

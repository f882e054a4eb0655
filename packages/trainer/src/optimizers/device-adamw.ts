// AdamW on a GPU: parameters, moments and gradients stay in its memory; the host's optimizer holds them between runs and for checkpoints.

import { type DeviceTensor, releaseAll } from '../runtime/device-tensor.js';
import { Executable, type Feeds } from '../runtime/session.js';
import { toDevice, toHost } from '../runtime/transfer.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import {
  accumulationGraph,
  namesOf,
  next,
  squaresGraph,
  type UpdatedParameter,
  type UpdateSettings,
  updateGraph,
} from './adamw-graph.js';
import type { Optimizer, StepOptions, StepResult } from './optimizer.js';

/** Parameters that are updated together: as their old and new values are there at once, few enough of them. */
interface Group {
  parameters: readonly UpdatedParameter[];
  /** Updates they have had. */
  steps: number;
  squares: Executable;
  accumulation?: Executable;
  update: Executable;
}

/** Most elements of a group of several parameters. */
const groupSize = 2 ** 25;

export class DeviceAdamW {
  /** Parameters and moments by their names in checkpoints. */
  private readonly tensors = new Map<string, DeviceTensor>();
  private readonly gradients = new Map<string, DeviceTensor>();
  private groups: Group[] = [];
  /** Whether the host's optimizer has the same values. */
  private isStored = true;

  /** @param host where values come from, and go to by `store` */
  constructor(
    private readonly host: Optimizer,
    private readonly settings: UpdateSettings,
  ) {}

  /** Takes what the host's optimizer knows of these parameters, and updates them from now on. */
  async load(parameters: readonly UpdatedParameter[]): Promise<void> {
    await this.store();
    await this.release();
    const { steps, tensors } = this.host.state();
    const values = new Map(tensors.map(({ name, data }) => [name, data]));
    const shapes = new Map<string, Shape>();
    for (const { name, shape } of parameters) {
      const { first, second } = namesOf(name);
      for (const each of [name, first, second]) shapes.set(each, shape);
    }
    for (const [name, tensor] of await toDevice(shapes, (each) => values.get(each)!)) this.tensors.set(name, tensor);
    for (const members of grouped(parameters, steps)) {
      const [squares, update] = [squaresGraph(members), updateGraph(members, this.settings)];
      this.groups.push({
        parameters: members,
        steps: steps[members[0]!.name]!,
        squares: await Executable.compile(squares, { device: 'webgpu' }),
        update: await Executable.compile(update, { device: 'webgpu', keeps: () => true }),
      });
    }
  }

  /** The parameters' current values by name, for graphs to read: always the same map. */
  get weights(): ReadonlyMap<string, DeviceTensor> {
    return this.tensors;
  }

  /** Adds gradients of all parameters, `gradient.<name>`, to this step's, and takes them over. */
  async accumulate(gradients: ReadonlyMap<string, DeviceTensor>): Promise<void> {
    if (this.gradients.size === 0) {
      for (const [name, gradient] of gradients) this.gradients.set(name, gradient);
      return;
    }
    for (const group of this.groups) {
      group.accumulation ??= await Executable.compile(accumulationGraph(group.parameters), {
        device: 'webgpu',
        keeps: () => true,
      });
      const names = group.parameters.map(({ name }) => name);
      const more = names.map((name) => [`more.${name}`, gradients.get(namesOf(name).gradient)!] as const);
      const feeds = { ...this.feeds(names.map((name) => namesOf(name).gradient)), ...Object.fromEntries(more) };
      await this.replace((await group.accumulation.runKeeping(feeds)).kept, this.gradients);
    }
    await releaseAll(gradients.values());
  }

  /** Updates all parameters by the gradients of this step, and drops these. */
  async step({ learningRate, maxGradientNorm, lossScale = 1 }: StepOptions): Promise<StepResult> {
    let sum = 0;
    for (const { parameters, squares } of this.groups) {
      const { squares: part } = await squares.run(this.feeds(parameters.map(({ name }) => namesOf(name).gradient)));
      sum += part![0]!;
    }
    const gradientNorm = Math.sqrt(sum) / lossScale;
    const applied = Number.isFinite(gradientNorm);
    const clip = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (gradientNorm + 1e-6)) : 1;
    if (applied) for (const group of this.groups) await this.update(group, learningRate, clip / lossScale);
    await this.dropGradients();
    return { gradientNorm, applied };
  }

  async dropGradients(): Promise<void> {
    await releaseAll(this.gradients.values());
    this.gradients.clear();
  }

  /** Copies everything to the host's optimizer. */
  async store(): Promise<void> {
    if (this.isStored) return;
    const arrived = await toHost(this.tensors);
    const { steps, tensors } = this.host.state();
    const own = new Map(tensors.map(({ name, data }) => [name, data]));
    for (const group of this.groups) for (const { name } of group.parameters) steps[name] = group.steps;
    this.host.restore(steps, (name) => arrived.get(name) ?? own.get(name));
    this.isStored = true;
  }

  /** Frees the device's memory; what was not stored is lost. */
  async release(): Promise<void> {
    await this.dropGradients();
    await releaseAll(this.tensors.values());
    this.tensors.clear();
    for (const { squares, accumulation, update } of this.groups) {
      for (const executable of [squares, accumulation, update]) await executable?.release();
    }
    this.groups = [];
    this.isStored = true;
  }

  private async update(group: Group, learningRate: number, gradientScale: number): Promise<void> {
    group.steps += 1;
    this.isStored = false;
    const names = group.parameters.flatMap(({ name }) => [name, ...Object.values(namesOf(name))]);
    const scalars = {
      rate: learningRate,
      gradientScale,
      correction1: 1 - this.settings.beta1 ** group.steps,
      correction2: 1 - this.settings.beta2 ** group.steps,
    };
    const fed = Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]);
    const { kept } = await group.update.runKeeping({ ...this.feeds(names), ...Object.fromEntries(fed) });
    await this.replace(kept, this.tensors);
  }

  private feeds(names: readonly string[]): Feeds {
    return Object.fromEntries(names.map((name) => [name, (this.tensors.get(name) ?? this.gradients.get(name))!]));
  }

  /** Puts new values, `next.<name>`, in place of the old. */
  private async replace(values: ReadonlyMap<string, DeviceTensor>, among: Map<string, DeviceTensor>): Promise<void> {
    for (const [name, old] of [...among]) {
      const value = values.get(next(name));
      if (!value) continue;
      among.set(name, value);
      await old.release();
    }
  }
}

/** Neighbours with equally many updates, as many as may be updated together. */
function grouped(
  parameters: readonly UpdatedParameter[],
  steps: Readonly<Record<string, number>>,
): UpdatedParameter[][] {
  const groups: UpdatedParameter[][] = [];
  let [size, count] = [0, Number.NaN];
  for (const parameter of parameters) {
    const elements = sizeOf(parameter.shape);
    size += elements;
    if (steps[parameter.name] !== count || size > groupSize) {
      groups.push([]);
      size = elements;
      count = steps[parameter.name]!;
    }
    groups.at(-1)!.push(parameter);
  }
  return groups;
}

// Where graphs run: the processor, or a GPU by WebGPU (Vulkan, Metal or Direct3D 12).
import { TrainerError } from '../errors.js';

export type DeviceName = 'cpu' | 'webgpu';

/** `auto` measures a step on each. */
export const deviceChoices = ['cpu', 'webgpu', 'auto'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

/** `missing`: there is none; `unsupported`: it has no kernel for a node; `failed`: it was lost, ran out of memory, or refused to work. */
export type DeviceErrorKind = 'missing' | 'unsupported' | 'failed';

/** What a GPU cannot do, or can no longer. */
export class DeviceError extends TrainerError {
  override name = 'DeviceError';

  constructor(
    readonly kind: DeviceErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The runtime's messages begin with its own source files and functions. */
const sourcePlace = /^\S*onnxruntime\S*:\d+ .*? (?:was false\. |(?=\S+ failed))/;

/** What the runtime said of a GPU, as an error that says what to do. */
export function deviceError(cause: unknown): DeviceError {
  const said = (cause instanceof Error ? cause.message : String(cause)).replace(sourcePlace, '').trim();
  if (/get a WebGPU adapter/.test(said)) return new DeviceError('missing', `${noGpu} (${said})`, { cause });
  if (/assigned to the default CPU EP/.test(said)) return new DeviceError('unsupported', noKernel, { cause });
  if (/requires f16/.test(said)) return new DeviceError('unsupported', noHalf, { cause });
  // A buffer that could not be allocated is noticed when it is first used.
  if (/Invalid Buffer|OUT_OF_DEVICE_MEMORY/.test(said)) return new DeviceError('failed', noMemory, { cause });
  return new DeviceError('failed', `The GPU failed: ${said.split('\n')[0]}`, { cause });
}

const noGpu =
  'The device webgpu was asked for, but no GPU was found: on Linux it needs libvulkan.so.1 and a Vulkan driver. ' +
  'Install them, or choose the device cpu.';
const noHalf = 'The GPU has no numbers of 16 bits (shader-f16). Leave mixed precision out.';
const noMemory = 'The GPU ran out of memory. A smaller micro-batch or method lora needs less.';
const noKernel = 'The GPU has no kernel for a part of this model’s graph. Choose the device cpu.';

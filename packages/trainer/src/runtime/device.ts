// Where graphs run: the processor, or a GPU by WebGPU (Vulkan, Metal or Direct3D 12).
import { TrainerError } from '../errors.js';

export type DeviceName = 'cpu' | 'webgpu';

/** A GPU that is not there, was lost, or refused a graph. */
export class DeviceError extends TrainerError {
  override name = 'DeviceError';
}

/** The runtime's messages begin with its own source files and functions. */
const sourcePlace = /^\S*onnxruntime\S*:\d+ .*? (?:was false\. |(?=\S+ failed))/;

/** What the runtime said of a GPU, as an error that says what to do. */
export function deviceError(cause: unknown): DeviceError {
  const said = (cause instanceof Error ? cause.message : String(cause)).replace(sourcePlace, '').trim();
  if (/get a WebGPU adapter/.test(said)) return new DeviceError(`${noAdapter} (${said})`, { cause });
  if (/assigned to the default CPU EP/.test(said)) {
    return new DeviceError('The GPU has no kernel for a part of this model’s graph. Choose the device cpu.', { cause });
  }
  return new DeviceError(`The GPU failed: ${said}`, { cause });
}

const noAdapter =
  'The device webgpu was asked for, but no GPU was found: on Linux it needs libvulkan.so.1 and a Vulkan driver. ' +
  'Install them, or choose the device cpu.';

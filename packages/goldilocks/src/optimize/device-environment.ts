// The environment variables by which programs see one accelerator only.

/** CUDA, AMD's two (HIP and ROCm), Intel's oneAPI and Huawei's Ascend: each program reads its own and ignores the rest. */
const variables = [
  'CUDA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'ZE_AFFINITY_MASK',
  'ASCEND_RT_VISIBLE_DEVICES',
] as const;

/** @param device a number, or a vendor's identifier such as `GPU-8f2a…`; undefined leaves the environment alone */
export function deviceEnvironment(device: string | undefined): Record<string, string> {
  if (device === undefined) return {};
  // An identifier is one vendor's own; the others would refuse it.
  if (/^(GPU|MIG)-/.test(device)) return { CUDA_VISIBLE_DEVICES: device };
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ...Object.fromEntries(variables.map((name) => [name, device])) };
}

// ONNX Runtime itself, as this folder uses it; nothing else imports it.

// Read when the first session is made: ONNX Runtime reports usage by default, and nothing may leave the machine.
process.env.ORT_DISABLE_TELEMETRY = '1';
export const { InferenceSession, Tensor } = await import('onnxruntime-node');
export type RuntimeSession = Awaited<ReturnType<typeof InferenceSession.create>>;
export type RuntimeTensor = InstanceType<typeof Tensor>;

// Gives large results back to the system at once. The collector knows nothing of their size and may leave them for several steps, which
// would keep the gradients of two steps in memory.
import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';

/** Frees the memory behind arrays that own their whole buffer; they have length 0 afterwards. Resolves once it is free. */
export async function freeArrays(arrays: Iterable<Float32Array>): Promise<void> {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of arrays) {
    if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) buffers.add(buffer);
  }
  if (buffers.size === 0) return;
  // A message that nobody receives takes its buffers along when the channel closes. (ArrayBuffer.transfer needs Node 22.)
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, [...buffers]);
  port1.close();
  port2.close();
  // Channels close at the end of a round of the event loop; the second immediate is in the next round.
  await setImmediate();
  await setImmediate();
}

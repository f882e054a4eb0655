// Gives large results back to the system at once. The collector knows nothing of their size and may leave them for several steps, which
// would keep the gradients of two steps in memory.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
/** V8's collector of what is young: a millisecond. */
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

/** Frees the memory behind arrays that own their whole buffer; they have length 0 afterwards. Resolves once it is free. */
export async function freeArrays(arrays: Iterable<NodeJS.TypedArray>): Promise<void> {
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
  // The arrays' owners are small, but native: left between large blocks of the heap, they would keep these from becoming one again.
  collect({ type: 'minor' });
  // Channels close at the end of a round of the event loop; the second immediate is in the next round.
  await setImmediate();
  await setImmediate();
}

// Finds Ray, and says at once where it is not.
import { RayClient } from './ray-client.js';

/** A wrong address should be said before anything is begun; later Ray may be away for longer. */
const firstPatienceSeconds = 10;

/**
 * A client of the Ray at this address, with the token of $RAY_AUTH_TOKEN.
 * @throws RayError where it does not answer
 */
export async function connectRay(address: string): Promise<RayClient> {
  const token = process.env.RAY_AUTH_TOKEN;
  await new RayClient({ address, token, patienceSeconds: firstPatienceSeconds }).version();
  return new RayClient({ address, token });
}

// The secret that every request carries: exchanged once for the token in the opening address, then kept by this origin.
import { addressOf, routes } from '@goldilocks/protocol/page';

const KEY = 'goldilocks-secret';

export function secret(): string | null {
  return localStorage.getItem(KEY);
}

export function forgetSecret(): void {
  localStorage.removeItem(KEY);
}

/** Takes the token out of the address bar before anything can copy it, and exchanges it; without one nothing happens. */
export async function openSession(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  history.replaceState(null, '', location.pathname + location.search);
  const response = await fetch(addressOf('openSession', {}), {
    method: routes.openSession.method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  // A token is good once: after a reload of the opening address the secret is there already.
  if (response.ok) localStorage.setItem(KEY, routes.openSession.answer.parse(await response.json()).secret);
}

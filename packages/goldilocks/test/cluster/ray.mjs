// A Ray of our own on loopback, in a temporary folder, for tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../.ci/free-port.mjs';

/** Starts `ray start --head`; resolves when its job API answers. `cpus` is what Ray believes to have. */
export async function startRay({ command, folder, cpus }) {
  const [port, dashboard, agent] = [await freePort(), await freePort(), await freePort()];
  const flags = {
    'node-ip-address': '127.0.0.1',
    port,
    'dashboard-host': '127.0.0.1',
    'dashboard-port': dashboard,
    'dashboard-agent-listen-port': agent,
    'num-cpus': cpus,
    'object-store-memory': 80 * 2 ** 20,
    'temp-dir': folder,
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const env = { ...process.env, RAY_USAGE_STATS_ENABLED: '0', RAY_memory_monitor_refresh_ms: '0' };
  const child = spawn(command, ['start', '--head', '--block', '--disable-usage-stats', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const address = `http://127.0.0.1:${dashboard}`;
  for (const until = Date.now() + 600_000; ; ) {
    const answer = await fetch(`${address}/api/jobs/`).catch(() => undefined);
    if (answer?.ok) break;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`Ray did not start:\n${output}`);
    await sleep(500);
  }
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

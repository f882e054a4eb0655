// Runs the tests of GPU training on the software device that comes with Chromium (SwiftShader): it shows that results are right, not how fast.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const driver = ['/usr/lib/chromium', '/usr/lib64/chromium-browser', '/usr/lib/chromium-browser']
  .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
  .find(existsSync);
if (!driver) {
  console.error('There is no Chromium with its software device here: apt-get install chromium.');
  process.exit(1);
}
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const environment = {
  GOLDILOCKS_WEBGPU: '1',
  VK_ICD_FILENAMES: driver,
  LD_LIBRARY_PATH: dirname(driver),
  XDG_RUNTIME_DIR: tmpdir(),
};
const command = ['vitest', 'run', 'packages/trainer/test/webgpu', ...process.argv.slice(2)];
const { status } = spawnSync('npx', command, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
process.exit(status ?? 1);

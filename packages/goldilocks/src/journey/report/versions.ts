// The versions of what a result was made with.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export function softwareVersions(): Record<string, string> {
  const own = versionIn(new URL('../../../package.json', import.meta.url));
  const runtime = runtimeVersion();
  return { goldilocks: own, node: process.versions.node, ...(runtime && { 'onnxruntime-node': runtime }) };
}

/** From the package's own file: loading the runtime for its version would be too much. */
function runtimeVersion(): string | undefined {
  try {
    const trainer = createRequire(import.meta.url).resolve('@goldilocks/trainer');
    const path = createRequire(trainer).resolve('onnxruntime-node/package.json');
    return versionIn(path);
  } catch {
    return undefined; // a package that hides its package.json; the report then goes without
  }
}

function versionIn(path: string | URL): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

// Processor time of a PostgreSQL server on this machine, by Linux's /proc.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds that the server of this backend and all its processes have taken; NaN where that cannot be seen. */
export function serverCpuMs(backend) {
  try {
    const server = statOf(backend).parent;
    const tick = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
    let ticks = statOf(server).ticks;
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name) && isChild(name, server)) ticks += statOf(name).own;
    return tick * ticks;
  } catch {
    return Number.NaN;
  }
}

function isChild(pid, parent) {
  try {
    return statOf(pid).parent === parent;
  } catch {
    // It has ended since.
    return false;
  }
}

function statOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').map(Number);
  const [own, ended] = [fields[11] + fields[12], fields[13] + fields[14]];
  return { parent: fields[1], own, ticks: own + ended };
}

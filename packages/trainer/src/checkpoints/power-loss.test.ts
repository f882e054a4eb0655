// A power loss after any operation of a save: what was not forced to the disk is gone, and still a sound checkpoint loads.

import { expect, test } from 'vitest';
import { loadLatestCheckpoint, saveCheckpoint } from './checkpoints.js';
import type { FileOperations } from './file-operations.js';

interface FileNode {
  content: Uint8Array[];
  /** How many writes a sync has made lasting. */
  lasting: number;
}
interface DirectoryNode {
  entries: Map<string, Entry>;
  /** The entries as of the last sync of this directory. */
  lasting: Map<string, Entry>;
}
type Entry = FileNode | DirectoryNode;

const isDirectory = (entry: Entry | undefined): entry is DirectoryNode => entry !== undefined && 'entries' in entry;
const newDirectory = (): DirectoryNode => ({ entries: new Map(), lasting: new Map() });

class PowerLoss extends Error {}

/** A disk that forgets: after `operationsLeft` operations every call fails, and `afterPowerLoss` shows what remained. */
class SimulatedDisk implements FileOperations {
  constructor(
    private root = newDirectory(),
    private operationsLeft = Number.POSITIVE_INFINITY,
  ) {}

  private count(): void {
    if (this.operationsLeft-- <= 0) throw new PowerLoss();
  }

  private find(path: string): { parent: DirectoryNode; name: string; entry: Entry | undefined } {
    const parts = path.split('/').filter(Boolean);
    const name = parts.pop()!;
    let parent = this.root;
    for (const part of parts) {
      const next = parent.entries.get(part);
      if (!isDirectory(next)) throw new Error(`ENOENT: ${path}`);
      parent = next;
    }
    return { parent, name, entry: parent.entries.get(name) };
  }

  async makeDirectory(path: string) {
    this.count();
    const { parent, name, entry } = this.find(path);
    if (entry) return;
    parent.entries.set(name, newDirectory());
    // As in the real operation, a directory that was made is made lasting; this test knows one level.
    if (parent === this.root) parent.lasting = new Map(parent.entries);
  }

  async create(path: string) {
    this.count();
    const file: FileNode = { content: [], lasting: 0 };
    const { parent, name } = this.find(path);
    parent.entries.set(name, file);
    return {
      write: async (bytes: Uint8Array) => {
        this.count();
        file.content.push(bytes.slice());
      },
      sync: async () => {
        this.count();
        file.lasting = file.content.length;
      },
      close: async () => this.count(),
    };
  }

  async open(path: string) {
    this.count();
    const { entry } = this.find(path);
    if (!entry || isDirectory(entry)) throw new Error(`ENOENT: ${path}`);
    const bytes = Buffer.concat(entry.content);
    const read = async (into: Uint8Array, position: number) => {
      this.count();
      if (position + into.length > bytes.length) throw new Error(`${path} ends`);
      into.set(bytes.subarray(position, position + into.length));
    };
    return { size: bytes.length, read, close: async () => {} };
  }

  async list(path: string) {
    const { entry } = this.find(path);
    return isDirectory(entry) ? [...entry.entries.keys()] : [];
  }

  async rename(from: string, to: string) {
    this.count();
    const source = this.find(from);
    const target = this.find(to);
    if (!source.entry || target.entry) throw new Error(`rename ${from} ${to}`);
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, source.entry);
  }

  async remove(path: string) {
    this.count();
    const { parent, name } = this.find(path);
    parent.entries.delete(name);
  }

  async syncDirectory(path: string) {
    this.count();
    const { entry } = this.find(path);
    if (isDirectory(entry)) entry.lasting = new Map(entry.entries);
  }

  /**
   * What is there when power returns: contents as far as they were synced, and directories either as last synced or as
   * last changed (a file system may have written them of its own accord).
   */
  afterPowerLoss(directoriesWritten: boolean): SimulatedDisk {
    const survive = (entry: Entry): Entry => {
      if (!isDirectory(entry)) return { content: entry.content.slice(0, entry.lasting), lasting: entry.lasting };
      const source = directoriesWritten ? entry.entries : entry.lasting;
      const entries = new Map([...source].map(([name, child]) => [name, survive(child)]));
      return { entries, lasting: new Map(entries) };
    };
    return new SimulatedDisk(survive(this.root) as DirectoryNode);
  }
}

function contents(step: number) {
  return { step, tensors: [{ name: 'w', data: new Float32Array(100).fill(step) }], json: { step } };
}

test.each([true, false])('after any operation (directories written: %s)', async (directoriesWritten) => {
  const steps = new Set<number>();
  for (let operations = 0; ; operations++) {
    const before = new SimulatedDisk();
    for (const step of [1, 2]) await saveCheckpoint('/run', contents(step), { files: before });
    const disk = new SimulatedDisk(
      (before.afterPowerLoss(false) as unknown as { root: DirectoryNode }).root,
      operations,
    );
    const finished = await saveCheckpoint('/run', contents(3), { files: disk }).then(
      ({ notRemoved }) => notRemoved.length === 0,
      () => false,
    );
    const left = disk.afterPowerLoss(directoriesWritten);
    const loaded = await loadLatestCheckpoint('/run', { files: left });
    steps.add(loaded!.step);
    expect(loaded!.tensors.get('w')).toEqual(new Float32Array(100).fill(loaded!.step));
    expect([2, 3]).toContain(loaded!.step);
    // And the run goes on from there.
    await saveCheckpoint('/run', contents(4), { files: left });
    expect((await loadLatestCheckpoint('/run', { files: left }))!.step).toBe(4);
    if (finished) {
      expect(loaded!.step).toBe(3);
      break;
    }
  }
  expect(steps).toEqual(new Set([2, 3]));
});

test('the simulated disk does forget: without a sync the save is lost', async () => {
  const disk = new SimulatedDisk();
  await saveCheckpoint('/run', contents(1), { files: { ...bound(disk), syncDirectory: async () => {} } });
  expect(await loadLatestCheckpoint('/run', { files: disk.afterPowerLoss(false) })).toBeUndefined();
  const unsynced = new SimulatedDisk();
  const create = async (path: string) => ({ ...(await unsynced.create(path)), sync: async () => {} });
  await saveCheckpoint('/run', contents(1), { files: { ...bound(unsynced), create } });
  await expect(loadLatestCheckpoint('/run', { files: unsynced.afterPowerLoss(true) })).rejects.toThrow('No usable');
});

function bound(disk: SimulatedDisk): FileOperations {
  return {
    makeDirectory: (path) => disk.makeDirectory(path),
    create: (path) => disk.create(path),
    open: (path) => disk.open(path),
    list: (path) => disk.list(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    syncDirectory: (path) => disk.syncDirectory(path),
  };
}

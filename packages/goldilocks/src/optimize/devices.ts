// Hands each command at a time a device of its own.

export class Devices {
  readonly #free: (string | undefined)[];

  /** Without devices there is nothing to hand out, and any number of commands may run. */
  constructor(devices: readonly string[]) {
    this.#free = [...devices];
  }

  take(): string | undefined {
    return this.#free.shift();
  }

  giveBack(device: string | undefined): void {
    if (device !== undefined) this.#free.unshift(device);
  }
}

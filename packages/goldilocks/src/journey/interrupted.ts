// The end of a journey that a person stopped.

/** The signal was raised; everything is saved, and `resumeCommand` goes on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode = 130;

  constructor(
    readonly study: string,
    readonly resumeCommand: string,
  ) {
    super(`Stopped and saved. To go on: ${resumeCommand}`);
  }
}

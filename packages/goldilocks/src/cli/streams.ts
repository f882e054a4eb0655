// Standard output and standard error, when whoever reads them may leave.

/** A reader that has left (`| head`) ends no run: what would be written is dropped, and the work goes on. */
export function tolerateLeavingReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Ends the process when both streams have taken all that was written. */
export function exitWhenWritten(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

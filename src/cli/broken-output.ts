/**
 * What cannot be printed shows no stack trace and never counts as success. A reader that has gone (`autoloop … | head`) is
 * ordinary; anything else, a full disk say, is told and makes the exit code 1. What it means for a run, signals.ts decides.
 */
export function expectBrokenOutput(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.once('exit', () => {
      if (process.exitCode === 0) process.exitCode = 1;
    });
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      // Said above, once; of standard error nothing can be said.
    });
  }
}

const LOOK_MS = 250;

/**
 * Sees to it that this process, which works for a batch, does not outlive it: as soon as the batch is gone, for whatever reason, it is as
 * if a SIGTERM had come. `owner`: the batch's pid, which is our parent's as long as it lives.
 */
export function endWith(owner: number): void {
  const look = setInterval(() => {
    if (process.ppid === owner) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  look.unref();
}

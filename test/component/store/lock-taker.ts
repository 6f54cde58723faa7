import { acquireLock } from '../../../src/store/lock.ts';
import { stateFiles } from '../../../src/store/layout.ts';

/**
 * A process that tries for the lock of the workspace in its first argument, for each run named in the others at once, says `got` or
 * the refusal for each in one line of JSON, and ends when its standard input does: the lock is then left behind. It begins when the
 * line `go` comes in.
 */
const [workspace = '', ...runIds] = process.argv.slice(2);

async function attempt(runId: string): Promise<string> {
  const self = { pid: process.pid, start: runId, boot: 'b', pidNamespace: 'n' };
  const sleep = () => Promise.resolve();
  const request = { self, host: 'h', runId, workspace, now: new Date(), isAlive, sleep };
  try {
    await acquireLock(stateFiles(workspace).lock, request);
    return 'got';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isAlive({ pid }: { readonly pid: number }): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

process.stdin.once('data', () => {
  void Promise.all(runIds.map(attempt)).then((said) => process.stdout.write(`${JSON.stringify(said)}\n`));
});
process.stdin.resume();
process.stdout.write('ready\n');

import { closeSync, constants, openSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { isAlive } from '../support/marked-processes.ts';
import { until } from '../support/supervised-processes.ts';
import { fault } from './fault.ts';
import { START } from './story.ts';

const held = { script: { rules: [{ role: 'producer', times: 1, remote: true }] } } as const;
/** Each turn goes on when the test says so. */
const slow = { script: { rules: [{ times: 2, remote: true }] } } as const;
/** What may pass between the first signal and the end, in ms. */
const OBEYS_MS = 10_000;

/** Standard output, or error, is a pipe that is full and that nobody reads. */
const unread = (stream: 1 | 2) => {
  const fill = 'mkfifo -m 600 "$0"; exec 3<>"$0"; dd if=/dev/zero of="$0" bs=65536 count=1 2>/dev/null';
  return { through: ['sh', '-c', `${fill}; exec "$@" ${stream}>&3`, '../unread'] };
};

for (const [name, stream] of [
  ['standard output', 1],
  ['standard error', 2],
] as const) {
  fault(`I8: one signal ends a run whose ${name} nobody reads`, held, async (rig) => {
    const running = rig.start(START, unread(stream));
    await rig.nextTurn();
    const told = performance.now();
    running.signal('SIGTERM');
    expect((await running.done).code).toBe(143);
    expect(performance.now() - told).toBeLessThan(OBEYS_MS);
    expect((await rig.run(['--resume'])).code).toBe(0);
    return { maxTurns: 3 };
  });
}

fault('I8: one signal ends a run that is over and whose last lines nobody reads', {}, async (rig) => {
  const running = rig.start(START, unread(1));
  await until('the end of the run', () => rig.runs().length > 0 && rig.events().at(-1)?.event_type === 'run_finished');
  running.signal('SIGTERM');
  await running.done;
  return { maxTurns: 2 };
});

fault('I8: one signal ends a command whose output nobody reads', {}, async (rig) => {
  expect((await rig.run(START)).code).toBe(0);
  const running = rig.start(['logs', '-f'], unread(1));
  await until('the program to listen', () => /^SigCgt:.*[4-7c-f]...$/m.test(readStatus(running.pid)));
  running.signal('SIGTERM');
  expect((await running.done).code).toBe(143);
  return { maxTurns: 2 };
});

fault('I8: a run goes on while its terminal takes nothing, and one signal ends it', slow, async (rig) => {
  const terminal = rig.start(START, { terminal: true });
  const turn = await rig.nextTurn();
  const { pid } = JSON.parse(readFileSync(path.join(rig.workspace, '.autoloop/lock'), 'utf8')) as { pid: number };
  terminal.signal('SIGSTOP');
  fillUp(readlinkSync(`/proc/${pid}/fd/1`));
  await turn.finish();
  await rig.nextTurn({ role: 'verifier' });
  process.kill(pid, 'SIGTERM');
  await until('the program to be gone', () => !isAlive(pid));
  terminal.signal('SIGCONT');
  expect((await terminal.done).code).toBe(143);
  expect((await rig.run(['--resume'])).code).toBe(0);
  return { maxTurns: 4 };
});

function readStatus(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1');
}

/** Until the terminal, whose reader is stopped, takes no more. */
function fillUp(terminal: string): void {
  const handle = openSync(terminal, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    for (;;) writeSync(handle, 'x'.repeat(512));
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' });
  } finally {
    closeSync(handle);
  }
}

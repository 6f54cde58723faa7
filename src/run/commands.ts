import { type Command, sentAt } from '../core/command.ts';
import type { TurnPlan } from '../core/steps.ts';
import { instructionOf, recordClarification } from './clarification.ts';
import { beginWaiting, endWaiting } from './checks/persons-edits.ts';
import type { Loop, Stop } from './loop.ts';

/** How often a run that waits for somebody looks at its inbox. */
const LOOK_MS = 500;

/**
 * What operators have sent since the last turn, before the next one and never while one goes on: the end of a turn forgets what was to
 * be told. The event that a command leads to is in the log before the command is dropped. Resolves with the stop that one asks for.
 */
export async function takeCommands(loop: Loop, { scope, role }: TurnPlan): Promise<Stop | null> {
  for (const command of await waiting(loop)) {
    if (command.kind === 'pause') return pause(loop, command);
    if (command.kind !== 'note') continue;
    const phase = role === 'verifier' ? role : null;
    const source = command.by === 'mcp' ? 'auto' : 'human';
    const note = await instructionOf(loop, scope, { answer: command.text ?? '', phase, source });
    await recordClarification(loop, scope, note, { command_id: command.id, by: command.by });
    await drop(loop, command.id);
  }
  return null;
}

/** Who replied to what the run waits for, and how; `said` is the person at the terminal, `none` nobody. */
export type Reply<T> =
  | { readonly kind: 'sent'; readonly command: Command }
  | { readonly kind: 'said'; readonly said: T }
  | { readonly kind: 'stop'; readonly stop: Stop }
  | { readonly kind: 'none' };

/**
 * Waits for a reply: one that was sent counts before the person at the terminal is asked and while they think. Where nobody is there
 * the run stays as long as its settings say.
 */
export async function waitForReply<T>(loop: Loop, wanted: WantedReply<T>): Promise<Reply<T>> {
  const early = await replyIn(loop, wanted.fits);
  if (early !== null) return early;
  await beginWaiting(loop);
  const reply = await waitLong(loop, wanted);
  // A run that stops tells its end from when it began to wait.
  if (reply.kind === 'said' || reply.kind === 'sent') await endWaiting(loop);
  return reply;
}

interface WantedReply<T> {
  readonly fits: (command: Command) => boolean;
  readonly ask: (signal: AbortSignal) => Promise<T | null>;
}

async function waitLong<T>(loop: Loop, { fits, ask }: WantedReply<T>): Promise<Reply<T>> {
  const { clock, stop } = loop.ports;
  const enough = new AbortController();
  const asked = ask(AbortSignal.any([stop, enough.signal])).finally(() => enough.abort());
  asked.catch(() => undefined); // Whoever waits for it below gets the error, which may be a little later.
  const end = clock.now().getTime() + loop.settings.runtime.waitMinutes * 60_000;
  try {
    for (let isAsked = true; ;) {
      await clock.sleep(LOOK_MS, isAsked ? enough.signal : stop);
      if (isAsked && enough.signal.aborted) {
        const said = await asked;
        if (said !== null) return { kind: 'said', said };
        isAsked = false;
      }
      if (stop.aborted) return { kind: 'none' };
      const sent = await replyIn(loop, fits);
      if (sent !== null) return sent;
      if (!isAsked && clock.now().getTime() >= end) return { kind: 'none' };
    }
  } finally {
    enough.abort();
    await asked;
  }
}

async function replyIn(loop: Loop, fits: (command: Command) => boolean): Promise<Reply<never> | null> {
  for (const command of await waiting(loop)) {
    if (command.kind === 'pause') return { kind: 'stop', stop: await pause(loop, command) };
    if (fits(command)) return { kind: 'sent', command };
  }
  return null;
}

async function pause(loop: Loop, { id, kind, by }: Command): Promise<Stop> {
  await loop.record({ event_type: 'commanded', command_id: id, kind, by });
  await drop(loop, id);
  const who = by === 'batch' ? 'its batch, which has reached a limit over all its tasks' : `the operator (${by})`;
  return { status: 'paused', reason: `paused by ${who}` };
}

/** The commands that the log does not know. Those that it knows are dropped unread, like a pause from before the run was resumed. */
async function waiting(loop: Loop): Promise<readonly Command[]> {
  const left: Command[] = [];
  for (const command of await readInbox(loop)) {
    const { commands, resumedAt } = loop.state;
    const isVoid = command.kind === 'pause' && resumedAt !== null && sentAt(command.id) < resumedAt;
    if (commands.includes(command.id) || isVoid) await drop(loop, command.id);
    else left.push(command);
  }
  return left;
}

/** Steering must not end a run: an inbox that cannot be read is empty, and is warned of once, as is each file that is no command. */
async function readInbox(loop: Loop): Promise<readonly Command[]> {
  try {
    const { commands, unreadable } = await loop.ports.inbox.read();
    for (const name of unreadable) loop.warnOnce(`a file in the run's inbox is no command and is left there: ${name}`);
    return commands;
  } catch (error) {
    loop.warnOnce(`the run's inbox cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** The log knows the command. One that cannot be removed is known for ever, and so does no harm. */
export async function drop(loop: Loop, id: string): Promise<null> {
  try {
    await loop.ports.inbox.drop(id);
  } catch (error) {
    loop.warnOnce(
      `a command that was taken stays in the inbox: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return null;
}

/** No turn is left that notes could be told to: a run that succeeds names those that came too late. */
export async function nameUndelivered(loop: Loop, { status, reason }: Stop): Promise<Stop> {
  if (status !== 'success' && status !== 'needs_followup') return { status, reason };
  const late = (await waiting(loop)).filter(({ kind }) => kind === 'note');
  if (late.length === 0) return { status, reason };
  const words = `not delivered, as no turn is left: ${late.map(({ text }) => `"${shortened(text ?? '')}"`).join(', ')}`;
  if (status === 'success') return { status, reason: words };
  loop.ports.narrator.warn(words);
  return { status, reason };
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

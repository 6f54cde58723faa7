import { connect, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { act, type Turn } from './work.ts';
import { ScriptError } from './notebook.ts';
import type { Actions, AgentCall, TurnScript } from './script.ts';

/** What the agent tells the test. */
export type Report =
  | { readonly type: 'turn'; readonly call: AgentCall }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'signal'; readonly signal: string };

/** What the test tells the agent: act and go on waiting, print something, or end the turn as a script says. */
export type Command =
  | { readonly do: 'act'; readonly actions: Actions }
  | { readonly do: 'print'; readonly text: string }
  | { readonly do: 'finish'; readonly turn: TurnScript };

export interface Line {
  readonly socket: Socket;
  /** Obeys the test until it says how the turn ends. */
  obey(print: (text: string) => void): Promise<TurnScript>;
}

/** Connects to the rig's loopback port, and reports the turn. A rig that is gone ends the process. */
export async function connectRemote(turn: Turn): Promise<Line> {
  const port = Number(readFileSync(path.join(turn.book.dir, 'port'), 'utf8'));
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed));
  tell(socket, { type: 'turn', call: turn.call });
  return { socket, obey: (print) => obey(socket, turn, print) };
}

export function tell(socket: Socket, report: Report): void {
  socket.write(`${JSON.stringify(report)}\n`);
}

async function obey(socket: Socket, turn: Turn, print: (text: string) => void): Promise<TurnScript> {
  for await (const line of createInterface({ input: socket })) {
    const command = JSON.parse(line) as Command;
    try {
      if (command.do === 'finish') return command.turn;
      if (command.do === 'act') await act(turn, command.actions);
      else print(command.text);
      tell(socket, { type: 'done' });
    } catch (error) {
      tell(socket, { type: 'failed', message: String(error) });
    }
  }
  throw new ScriptError('the test hung up before it ended the turn');
}

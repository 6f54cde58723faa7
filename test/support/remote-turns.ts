import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { selects } from './fake-agent/notebook.ts';
import type { Command, Report } from './fake-agent/remote.ts';
import type { Actions, AgentCall, Match, TurnScript } from './fake-agent/script.ts';

/**
 * A fake agent's turn in the hands of the test.
 *
 * @example
 * const turn = await rig.nextTurn({ pair: 'implement' }); // the script has a rule { remote: true }
 * await turn.act({ write: { 'a.txt': 'half' } });
 * running.signal('SIGKILL');
 * await turn.gone;
 */
export interface RemoteTurn {
  readonly call: AgentCall;
  readonly prompt: string;
  /** Resolves when it is done; rejects with the agent's own words when it cannot be. */
  act(actions: Actions): Promise<void>;
  /** Prints to standard output as it is. */
  print(text: string): Promise<void>;
  /** Ends the turn as a script does (`{}`: with the default work); resolves when the agent has gone. */
  finish(turn?: TurnScript): Promise<void>;
  /** The next signal that the agent gets and ignores; one that came before counts too. One that it dies by: `gone`. */
  signalled(): Promise<string>;
  /** Resolves when the agent's process has gone, for whatever reason. */
  readonly gone: Promise<void>;
}

/** Where the agents of one rig report their turns: a loopback port, told in the rig's agent folder. */
export interface RemoteTurns {
  /** The next turn that matches, in the order of arrival. */
  next(match: Match): Promise<RemoteTurn>;
  close(): Promise<void>;
}

export async function listenForTurns(dir: string): Promise<RemoteTurns> {
  const waiting: { match: Match; take: (turn: RemoteTurn) => void }[] = [];
  const arrived: RemoteTurn[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    serve(socket, (turn) => {
      const at = waiting.findIndex(({ match }) => selects(match, turn.call));
      if (at < 0) arrived.push(turn);
      else waiting.splice(at, 1)[0]!.take(turn);
    });
  });
  await listen(server, dir);
  return {
    next: (match) => {
      const at = arrived.findIndex((turn) => selects(match, turn.call));
      if (at >= 0) return Promise.resolve(arrived.splice(at, 1)[0]!);
      return new Promise((take) => waiting.push({ match, take }));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function listen(server: Server, dir: string): Promise<void> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no loopback port');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'port'), String(address.port));
}

function serve(socket: Socket, arrive: (turn: RemoteTurn) => void): void {
  const replies: { done: () => void; failed: (error: Error) => void }[] = [];
  const signals: string[] = [];
  const listeners: ((signal: string) => void)[] = [];
  const gone = new Promise<void>((done) => {
    socket.once('close', () => {
      for (const reply of replies.splice(0)) reply.failed(new Error('the agent has gone'));
      done();
    });
  });
  socket.on('error', () => socket.destroy()); // A killed agent resets the connection: `gone` says so.
  const ask = (command: Command) =>
    new Promise<void>((done, failed) => {
      replies.push({ done, failed });
      socket.write(`${JSON.stringify(command)}\n`);
    });
  createInterface({ input: socket })
    .on('error', () => undefined) // The same reset, seen by the reader.
    .on('line', (line) => {
      const report = JSON.parse(line) as Report;
      if (report.type === 'turn') {
        arrive({
          call: report.call,
          prompt: report.call.prompt,
          act: (actions) => ask({ do: 'act', actions }),
          print: (text) => ask({ do: 'print', text }),
          finish: (turn = {}) => {
            socket.write(`${JSON.stringify({ do: 'finish', turn } satisfies Command)}\n`);
            return gone;
          },
          signalled: () => {
            const signal = signals.shift();
            return signal === undefined ? new Promise((done) => listeners.push(done)) : Promise.resolve(signal);
          },
          gone,
        });
      } else if (report.type === 'signal') {
        const listener = listeners.shift();
        if (listener === undefined) signals.push(report.signal);
        else listener(report.signal);
      } else if (report.type === 'done') replies.shift()?.done();
      else replies.shift()?.failed(new Error(report.message));
    });
}

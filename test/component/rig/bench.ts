import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentScript, Match, Program } from '../../support/fake-agent/script.ts';
import { readTurns } from '../../support/readers.ts';
import { listenForTurns, type RemoteTurns } from '../../support/remote-turns.ts';
import { fillSandbox } from '../../support/sandbox.ts';

export interface Done {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A fake agent called by hand, without the program that it was made for. */
export function bench(program: Program, script: AgentScript, env: Record<string, string> = {}) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'bench-')));
  const sandbox = fillSandbox(root, { script, git: false, env });
  const listening: Promise<RemoteTurns> = listenForTurns(sandbox.agents);
  const children: ChildProcessWithoutNullStreams[] = [];
  const launch = (args: readonly string[], stdin?: string) => {
    const child = spawn(path.join(root, 'bin', program), args, { cwd: sandbox.workspace, env: sandbox.env });
    children.push(child);
    child.stdin.on('error', () => undefined); // It may refuse before it reads.
    if (stdin !== undefined) child.stdin.end(stdin);
    return { child, ...watch(child) };
  };
  return {
    ...sandbox,
    launch,
    call: async (args: readonly string[], stdin: string) => {
      await listening;
      return await launch(args, stdin).done;
    },
    nextTurn: async (match: Match = {}) => await (await listening).next(match),
    calls: () => readTurns(sandbox.agents),
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
      void listening.then((remote) => remote.close());
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The JSON documents on standard output, one a line. */
export function events(done: Done): Record<string, unknown>[] {
  const lines = done.stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

export interface Facts {
  readonly pair?: string;
  readonly role?: string;
  readonly cycle?: number;
  readonly attempt?: number;
  readonly runId?: string;
  /** The run's folder; its artifacts are where the state has them. */
  readonly run?: string;
  readonly phaseKey?: string;
}

/** In the folder that the fake is called in. */
const HERE = 'run';

/** The lines of a preamble that the fakes read (docs/protocol.md). */
export function promptOf(facts: Facts): string {
  const { pair = 'plan', role = 'producer', cycle = 1, attempt = 1, runId = 'run-1', run = HERE, phaseKey } = facts;
  const bundle = path.join(run, 'artifacts', pair, phaseKey === undefined ? '' : `phases/${phaseKey}`);
  if (run !== HERE) mkdirSync(bundle, { recursive: true });
  return [
    `RUN ID: ${runId}`,
    `LOOP PAIR: ${pair}`,
    `PHASE ROLE: ${role}`,
    `CYCLE: ${cycle}`,
    `ATTEMPT: ${attempt}`,
    `IMMUTABLE REQUEST FILE: ${run}/request.md`,
    `AUTHORITATIVE RUN DECISIONS FILE: ${run}/decisions.txt`,
    `AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY: ${bundle}`,
    `AUTHORITATIVE ACTIVE CRITERIA FILE: ${bundle}/criteria.md`,
    '',
  ].join('\n');
}

function watch(child: ChildProcessWithoutNullStreams) {
  let [stdout, stderr] = ['', ''];
  const waiting: { text: string; done: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const one of waiting) if (stdout.includes(one.text)) one.done();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const done = new Promise<Done>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const prints = (text: string) =>
    new Promise<void>((resolve) => {
      waiting.push({ text, done: resolve });
      if (stdout.includes(text)) resolve();
    });
  return { done, prints };
}

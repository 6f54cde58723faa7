import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentCall } from '../test/support/fake-agent/script.ts';
import { readTurns } from '../test/support/readers.ts';
import type { Sandbox } from '../test/support/sandbox.ts';
import { NoFigure } from './execute.ts';
import { median } from './statistics.ts';

/** When each turn of the fake agents began, in ms since 1970. Throws NoFigure when they are not as many as they should be. */
export function turnStarts(place: Sandbox, expected: number): number[] {
  const starts = readTurns(place.agents).map(({ startedAt }) => Date.parse(startedAt));
  if (starts.length !== expected) throw new NoFigure(`${starts.length} turns were made in place of ${expected}`);
  return starts;
}

/** From the start of one agent to the start of the next one, in ms: the middle of all, for some begin a phase or end one. */
export function turnLength(starts: readonly number[]): number {
  return median(starts.slice(1).map((start, at) => start - (starts[at] ?? start)));
}

/**
 * What a turn of the recorded calls takes without any program around it, in ms: a plain `sh` makes the same calls again, with
 * the same arguments and prompts. It starts processes faster than any larger program can, so nothing is flattered.
 */
export function agentsAlone(place: Sandbox): number {
  const calls: AgentCall[] = readTurns(place.agents);
  const folder = path.join(place.root, 'prompts');
  const lines = calls.map((call) => {
    const prompt = `${folder}-${call.n}`;
    writeFileSync(prompt, call.prompt);
    return (
      [path.join(place.root, 'bin', call.program), ...call.argv].map(quoted).join(' ') + ` <'${prompt}' >/dev/null`
    );
  });
  const script = path.join(place.root, 'again.sh');
  writeFileSync(script, `set -e\n${lines.join('\n')}\n`);
  const done = spawnSync('sh', [script], { cwd: place.workspace, env: place.env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the agents cannot be called again: ${done.stderr}`);
  return turnLength(turnStarts(place, 2 * calls.length).slice(calls.length));
}

/** The fakes forget their calls, but not the sessions that a program may go on with. */
export function forgetCalls(place: Sandbox): void {
  for (const name of readdirSync(place.agents)) {
    if (name !== 'script.json' && name !== 'sessions') rmSync(path.join(place.agents, name), { recursive: true });
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

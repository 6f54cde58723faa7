import { startOf } from './find-program.ts';
import type { Usage } from '../core/vocabulary.ts';
import type { TurnCall, TurnReport } from '../run/agent-port.ts';
import type { ProcessResult } from '../supervision/open-process.ts';
import type { ProcessRunner } from '../supervision/supervisor.ts';
import type { Ended, Verdict } from './failure.ts';
import { failureOf, ownDoing } from './failure.ts';
import type { Environment } from './program.ts';
import type { SessionWatch } from './session.ts';
import { Tail, tailOf } from './tail.ts';

/** After its final result a program has this long to exit (docs/providers.md). */
const GRACE_MS = 10_000;

/** What every agent is given, whatever the provider. */
export interface AgentWorld {
  readonly runner: ProcessRunner;
  /** The workspace. */
  readonly cwd: string;
  /** The operator's environment. */
  readonly env: Environment;
  readonly runId: string;
  readonly idleTimeoutMs: number;
  readonly turnTimeoutMs: number;
  readonly now: () => Date;
  /** See `ProgramPlace`. */
  readonly allowInside: boolean;
  /** Warnings of this run's agents that the operator has been told: each is told once a run. */
  readonly told: Set<string>;
  /** Aborted by the operator's second signal: end the processes without waiting. */
  readonly hurry?: AbortSignal;
}

/** One turn in a provider's own terms. */
export interface TurnPlan {
  /** As named in messages: `codex`. */
  readonly program: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly input: string;
  /** Added to the operator's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly session: SessionWatch;
  readonly reader: Reader;
  /** See `OpenRequest`: for a program that is silent while it works. */
  readonly pulse?: () => unknown;
  /** What the program says aside, on standard error, and the operator should know. */
  readonly asides?: (stderr: string) => readonly string[];
  /** Called when the turn failed and the program exited by itself. */
  readonly classify: (ended: Ended) => Verdict;
}

/** Follows a program's standard output. Memory stays bounded, and no input makes it throw. */
export interface Reader {
  line(line: string): void;
  /** Whether this line is the program's last word. */
  isFinal(line: string): boolean;
  /** What the turn came to; called once, after the last line. */
  reading(): Reading;
}

export interface Reading {
  /** Null unless the program itself says that the turn succeeded. */
  readonly answer: string | null;
  readonly usage: Usage;
  readonly totals: Usage | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly denied: readonly string[];
}

/** Runs one turn to its end and says what came of it. Rejects only when the session's id could not be stored. */
export async function takeTurn(world: AgentWorld, turn: TurnCall, plan: TurnPlan): Promise<TurnReport> {
  const ended = await runProgram(world, turn, plan);
  const reading = plan.reader.reading();
  await plan.session.settled();
  const sessionId = plan.session.current;
  // What ended a finished program is of no matter, except that exit code by which it takes its words back.
  if (reading.answer !== null && (ended.ending !== 'exited' || ended.exitCode === 0)) {
    return {
      kind: 'answered',
      text: reading.answer,
      sessionId,
      usage: reading.usage,
      sessionTotals: reading.totals,
      metadata: reading.metadata,
      warnings: untold(world.told, [
        ...plan.session.warnings,
        ...reading.warnings,
        ...(plan.asides?.(ended.stderrTail) ?? []),
        ...endWarnings(plan.program, ended),
      ]),
      denied: reading.denied,
    };
  }
  const verdict = ownDoing(plan.program, ended) ?? plan.classify(ended);
  const failure = failureOf(verdict, ended);
  return { kind: 'failed', failure, sessionId, usage: reading.usage, sessionTotals: reading.totals };
}

/** Those warnings that the operator has not been told yet in this run; from now on they are. */
export function untold(told: Set<string>, warnings: readonly string[]): readonly string[] {
  const fresh = [...new Set(warnings)].filter((text) => !told.has(text));
  for (const text of fresh) told.add(text);
  return fresh;
}

async function runProgram(world: AgentWorld, turn: TurnCall, plan: TurnPlan): Promise<Ended> {
  const stdout = new Tail();
  const [command, ...words] = startOf(plan.command, world);
  const result = await world.runner.run({
    command,
    args: [...words, ...plan.args],
    cwd: world.cwd,
    env: environment(world, plan.env),
    input: plan.input,
    logFile: turn.logFile,
    onLine: (line) => {
      stdout.push(line);
      plan.reader.line(line);
    },
    isFinal: (line) => plan.reader.isFinal(line),
    idleTimeoutMs: world.idleTimeoutMs,
    turnTimeoutMs: world.turnTimeoutMs,
    graceMs: GRACE_MS,
    ...(plan.pulse === undefined ? {} : { pulse: plan.pulse }),
    stop: turn.stop,
    ...(world.hurry === undefined ? {} : { hurry: world.hurry }),
  });
  return { ...result, tail: tailOf(stdout, result.stderrTail) };
}

/** The environment of an agent's program: the operator's, the run's id, and what is added. */
export function environment(world: AgentWorld, added: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(world.env)) if (value !== undefined) env[name] = value;
  // Last: what is left of an agent is found by it.
  return { ...env, ...added, AUTOLOOP_RUN_ID: world.runId };
}

function endWarnings(program: string, ended: Ended): string[] {
  const warnings = [...ended.notices];
  if (ended.ending === 'grace') {
    warnings.push(
      `${program} had not exited ${GRACE_MS / 1000} s after its final result; the result is used and the rest was ended`,
    );
  }
  return [...warnings, ...survivorWarnings(program, ended)];
}

/** What is left of an agent that could not be ended. */
export function survivorWarnings(program: string, { survivors }: ProcessResult): string[] {
  if (survivors.length === 0) return [];
  return [`processes that ${program} left behind could not be ended: ${survivors.join(', ')}`];
}

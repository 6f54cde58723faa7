import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import { failureOf } from '../failure.ts';
import type { Player } from '../provider.ts';
import { isUuid, SessionWatch } from '../session.ts';
import type { AgentWorld } from '../turn.ts';
import { takeTurn } from '../turn.ts';
import type { CodexCalling } from './arguments.ts';
import { codexArguments } from './arguments.ts';
import { classifyCodex } from './classify.ts';
import { CodexReader } from './outcome.ts';

/** codex refuses longer input, with an error that does not say what to do about it. */
const MOST_CHARACTERS = 1_048_576;

/** An agent played by `codex exec` (docs/providers.md). */
export function codexAgent(world: AgentWorld, program: string, calling: CodexCalling): Player {
  return {
    model: calling.model,
    effort: calling.effort,
    run: async (turn) => {
      const length = characters(turn.prompt);
      return length > MOST_CHARACTERS ? tooLong(turn, length) : run(world, program, calling, turn);
    },
  };
}

async function run(world: AgentWorld, program: string, calling: CodexCalling, turn: TurnCall): Promise<TurnReport> {
  const session = new SessionWatch(turn, 'codex');
  const warnings = foreignId(turn);
  for (const text of warnings) turn.onActivity({ kind: 'notice', text });
  const reader = new CodexReader(turn, session, { sandbox: calling.sandbox, told: world.told });
  const report = await takeTurn(world, turn, {
    program: 'codex',
    command: program,
    args: codexArguments(calling, turn.resume),
    input: turn.prompt,
    env: {},
    session,
    reader,
    classify: (ended) => classifyCodex({ ...reader.evidence(), ...ended, stderr: ended.stderrTail }, world.now()),
  });
  return report.kind === 'answered' ? { ...report, warnings: [...warnings, ...report.warnings] } : report;
}

function foreignId(turn: TurnCall): string[] {
  if (turn.resume === null || isUuid(turn.resume)) return [];
  return [`the session ${turn.resume} is not an id of codex (a UUID): codex may begin a new conversation instead`];
}

/** As codex counts: a pair of UTF-16 surrogates is one. */
function characters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function tooLong(turn: TurnCall, length: number): TurnReport {
  const message = `the prompt has ${length} characters, and codex takes ${MOST_CHARACTERS} at most: the turn was not begun`;
  const hint = 'Shorten the request or the files that it quotes, or set provider.name: claude.';
  const failure = failureOf({ class: 'other', message, hint }, { exitCode: null, tail: [] });
  return { kind: 'failed', failure, sessionId: turn.resume, usage: UNKNOWN_USAGE, sessionTotals: null };
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import { failureOf, shorten } from '../failure.ts';
import type { Player } from '../provider.ts';
import { SessionWatch } from '../session.ts';
import type { AgentWorld } from '../turn.ts';
import { takeTurn } from '../turn.ts';
import type { ClaudeCalling } from './arguments.ts';
import { claudeArguments, claudeInput } from './arguments.ts';
import { classifyClaude } from './classify.ts';
import { ClaudeReader } from './outcome.ts';
import { Transcript } from './transcript.ts';

const NO_BACKGROUND = 'CLAUDE_CODE_DISABLE_BACKGROUND_TASKS';

/** An agent played by `claude -p` (docs/providers.md). */
export function claudeAgent(world: AgentWorld, program: string, calling: ClaudeCalling): Player {
  return {
    model: calling.model,
    effort: calling.effort,
    run: async (turn) => {
      const contract = await writeContract(turn.contract);
      if ('error' in contract) return notWritten(turn, contract.error);
      try {
        return await run(world, program, calling, { turn, contractFile: contract.file });
      } finally {
        await contract.remove();
      }
    },
  };
}

async function run(
  world: AgentWorld,
  program: string,
  calling: ClaudeCalling,
  { turn, contractFile }: { turn: TurnCall; contractFile: string },
): Promise<TurnReport> {
  const session = new SessionWatch(turn, 'claude');
  // Our own id: killed before its end, claude would leave us without any. With its stream it says itself when the session is there.
  const id = turn.resume ?? randomUUID();
  if (turn.resume === null && !calling.stream) session.choose(id);
  const reader = new ClaudeReader(turn, session, calling.permissionStrategy);
  const transcript = calling.stream ? null : new Transcript(world.env, id, turn.onActivity);
  return takeTurn(world, turn, {
    program: 'claude',
    command: program,
    args: claudeArguments(calling, contractFile, turn.resume === null ? { start: id } : { resume: id }),
    input: claudeInput(turn.prompt),
    // A command left in the background would hold the process open for ever.
    env: world.env[NO_BACKGROUND] === undefined ? { [NO_BACKGROUND]: '1' } : {},
    session,
    reader,
    asides: settingsNotTaken,
    ...(transcript === null ? {} : { pulse: () => transcript.pulse() }),
    classify: ({ exitCode, signal, stderrTail }) =>
      classifyClaude(
        {
          result: reader.result(),
          retries: reader.retries,
          limitEvent: reader.limitEvent,
          exitCode,
          signal,
          stderr: stderrTail,
        },
        world.now(),
      ),
  });
}

/** It goes on with its default where it does not know the effort or the model that it was given, and says so on standard error. */
function settingsNotTaken(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => /\beffort\b|unrecognized_model/i.test(line));
  return lines.slice(0, 5).map((line) => `claude: ${shorten(line)}`);
}

type Contract = { readonly file: string; readonly remove: () => Promise<void> } | { readonly error: string };

/** A private folder with the text for the system prompt: claude takes it from a file only. */
async function writeContract(text: string): Promise<Contract> {
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'autoloop-'));
    const file = path.join(folder, 'contract.md');
    await writeFile(file, text, { mode: 0o600 });
    return { file, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function notWritten(turn: TurnCall, reason: string): TurnReport {
  const message = `the instructions for claude could not be written: ${reason}`;
  const hint = `Make room in ${tmpdir()}, or set TMPDIR to a folder that can be written.`;
  const failure = failureOf({ class: 'configuration', message, hint }, { exitCode: null, tail: [] });
  return { kind: 'failed', failure, sessionId: turn.resume, usage: UNKNOWN_USAGE, sessionTotals: null };
}

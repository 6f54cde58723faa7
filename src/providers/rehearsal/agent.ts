import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import { CodexReader, type CodexEvidence } from '../codex/outcome.ts';
import type { Player } from '../provider.ts';
import { howItEnded, shorten, wasSignalled, type Ended, type Verdict } from '../failure.ts';
import { SessionWatch } from '../session.ts';
import { takeTurn, type AgentWorld } from '../turn.ts';

/**
 * The scripted agent that is part of this program (provider `rehearsal`): a subprocess that speaks codex's JSON lines.
 * `selfArgv` starts this program as the rehearsal agent: its executable, its script if any, and the hidden argument.
 */
export function rehearsalAgent(world: AgentWorld, selfArgv: readonly string[]): Player {
  return { model: null, effort: null, run: (turn) => run(world, selfArgv, turn) };
}

async function run(world: AgentWorld, selfArgv: readonly string[], turn: TurnCall): Promise<TurnReport> {
  const [command = process.execPath, ...args] = selfArgv;
  const session = new SessionWatch(turn, 'the rehearsal agent');
  // It has no sandbox, so a command that fails says nothing about one.
  const reader = new CodexReader(turn, session, { sandbox: 'bypass', told: world.told });
  return takeTurn(world, turn, {
    program: 'the rehearsal agent',
    command,
    args: [...args, 'exec', ...(turn.resume === null ? ['--json'] : ['resume', '--json', turn.resume]), '-'],
    input: turn.prompt,
    env: {},
    session,
    reader,
    classify: (ended) => classify(reader.evidence(), ended),
  });
}

/** It asks no service, so nothing passes by waiting: either it was ended, or it says what it could not do. */
function classify({ terminal, message }: CodexEvidence, ended: Ended): Verdict {
  const words = shorten(message ?? ended.stderrTail);
  const said = `the rehearsal agent ${howItEnded(ended)}${words === '' ? '' : `: ${words}`}`;
  return { class: !terminal && wasSignalled(ended) ? 'interrupted' : 'other', message: said, hint: null };
}

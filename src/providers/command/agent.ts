import type { AgentSettings, CommandSettings } from '../../core/settings.ts';
import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import type { Ended, Verdict } from '../failure.ts';
import { howItEnded, shorten, wasSignalled } from '../failure.ts';
import type { Player } from '../provider.ts';
import { SessionWatch } from '../session.ts';
import type { AgentWorld } from '../turn.ts';
import { takeTurn } from '../turn.ts';
import { CommandReader } from './output.ts';
import { fillIn } from './template.ts';

/** An agent played by any program, called as the configuration says (docs/providers.md, "Any other agent"). */
export function commandAgent(
  world: AgentWorld,
  program: string,
  role: AgentSettings,
  settings: CommandSettings,
): Player {
  return {
    model: role.model,
    effort: role.effort,
    run: (turn) => run(world, program, { role, settings }, turn),
  };
}

async function run(
  world: AgentWorld,
  program: string,
  { role, settings }: { role: AgentSettings; settings: CommandSettings },
  asked: TurnCall,
): Promise<TurnReport> {
  // Without a way to resume there are no sessions: every turn is a first one.
  const turn = settings.resume === null ? { ...asked, resume: null } : asked;
  const template = turn.resume === null ? settings.start : (settings.resume ?? settings.start);
  const session = new SessionWatch(turn, 'the command');
  const [, ...args] = fillIn(template, {
    session: turn.resume,
    model: role.model,
    effort: role.effort,
  });
  const reader = new CommandReader(settings.resume === null ? { ...settings, session: null } : settings, session);
  return takeTurn(world, turn, {
    program: 'the command',
    command: program,
    args,
    input: turn.prompt,
    env: {},
    session,
    reader,
    classify: (ended) => classify(ended, reader),
  });
}

/** Nothing is known of such a program's errors: what it says is handed on. */
function classify(ended: Ended, reader: CommandReader): Verdict {
  if (wasSignalled(ended)) return { class: 'interrupted', message: `the command ${howItEnded(ended)}`, hint: null };
  const words =
    ended.exitCode === 0 ? reader.complaint() : shorten(ended.stderrTail.trimEnd().split('\n').slice(-2).join('\n'));
  const said = words === '' ? '' : `: ${words}`;
  const hint = 'Check provider.command; docs/providers.md has an example.';
  return { class: 'other', message: `the command ${howItEnded(ended)}${said}`, hint };
}

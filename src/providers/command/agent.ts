import type { AgentSettings, CommandSettings } from '../../core/settings.ts';
import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import type { Ended, Verdict } from '../failure.ts';
import { howItEnded, lastWords, shorten, wasSignalled } from '../failure.ts';
import { resetTime, saysLimit, statedWait } from '../limits.ts';
import type { Player } from '../provider.ts';
import { SessionWatch } from '../session.ts';
import type { AgentWorld } from '../turn.ts';
import { takeTurn } from '../turn.ts';
import { commandKey } from './key.ts';
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
    ...(settings.name === null ? {} : { called: settings.name }),
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
  const name = settings.name ?? 'the command';
  const session = new SessionWatch(turn, name);
  const [, ...args] = fillIn(template, {
    session: turn.resume,
    model: role.model,
    effort: role.effort,
  });
  const paths = settings.resume === null ? { ...settings, session: null } : settings;
  const reader = new CommandReader(commandKey(role.name), paths, session, turn);
  return takeTurn(world, turn, {
    program: name,
    command: program,
    args,
    input: turn.prompt,
    env: settings.env ?? {},
    session,
    reader,
    classify: (ended) => classify(name, ended, { reader, now: world.now() }),
  });
}

/** Little is known of such a program's errors: what it says is handed on, and a usage limit is known by its words. */
function classify(name: string, ended: Ended, { reader, now }: { reader: CommandReader; now: Date }): Verdict {
  const { error } = reader;
  if (error === null && wasSignalled(ended)) {
    return { class: 'interrupted', message: `${name} ${howItEnded(ended)}`, hint: null };
  }
  if (error !== null && saysLimit(error)) {
    const hint = 'Resume after the reset, or let the run wait for it with provider.max_wait_minutes.';
    const message = `${name}: ${shorten(error)}`;
    return { class: 'limit', message, hint, retryAfterMs: statedWait(error, now), resetsAt: resetTime(error, now) };
  }
  const words = error !== null ? shorten(error) : ended.exitCode === 0 ? reader.complaint() : lastWords(ended);
  const said = words === '' ? '' : `: ${words}`;
  const hint = `Check ${reader.key}; docs/providers.md has an example.`;
  return { class: 'other', message: `${name} ${error === null ? howItEnded(ended) : 'failed'}${said}`, hint };
}

import type { SessionFields } from '../core/session.ts';
import type { AgentSettings, Settings } from '../core/settings.ts';
import type { AgentName, ProviderName } from '../core/vocabulary.ts';
import type { Activity, Agent } from '../run/agent-port.ts';
import type { PreflightSubject, ProviderReport } from './report.ts';
import type { AgentWorld } from './turn.ts';

/**
 * Everything that the program knows of one kind of agent. Its record stands in `<name>/provider.ts` and loads little: the code that
 * looks for a program and the code that calls it are loaded when they are used.
 */
export interface Provider {
  readonly name: ProviderName;
  /** Its own section of the settings, for the model and effort of a role that has none of its own; null: there is none. */
  readonly section: ((provider: Settings['provider']) => Pick<AgentSettings, 'model' | 'effort'>) | null;
  readonly sessions: SessionFields;
  /** Whether its turns tell what they cost in dollars, as far as that is known beforehand. */
  readonly tellsCost: (provider: Settings['provider'], name: AgentName) => boolean;
  /** Looks at the program, makes no request and costs nothing. Null: the agent is part of this program. */
  readonly preflight: ((subject: PreflightSubject) => Promise<ProviderReport>) | null;
  readonly create: (request: AgentRequest) => Promise<Player>;
  /** What the lines of one turn's output mean to somebody who watches, told in order. */
  readonly activity: () => ActivityReader;
}

/** What an agent did: `Activity` without the figures. */
export type Deed = Exclude<Activity, { kind: 'usage' }>;

/** Takes one line of standard output, or of a turn's log. Any text may come; what says nothing to a reader yields nothing. */
export type ActivityReader = (line: string) => readonly Deed[];

/** An agent, less what its provider's record says. */
export type Player = Omit<Agent, 'provider' | 'sessions'>;

export interface AgentRequest {
  readonly role: AgentSettings;
  readonly settings: Settings;
  readonly world: AgentWorld;
  /** What `preflight` found, without a problem; null where there is nothing to look at. */
  readonly report: ProviderReport | null;
  /** What starts this program again, for the agent that is part of it. */
  readonly selfArgv: readonly string[];
}

/** The report, with the program that it found. Throws where it is a bug that there is none. */
export function readyReport({ role, report }: AgentRequest): ProviderReport & { readonly program: string } {
  const program = report?.program ?? null;
  if (report === null || program === null) throw new Error(`no preflight found the program of ${role.name}`);
  return { ...report, program };
}

/** The model and effort of a role: its own, else those of its provider's section. */
export function agentOf(
  { role, settings }: AgentRequest,
  { section }: Provider,
): Pick<AgentSettings, 'model' | 'effort'> {
  const inherited = section?.(settings.provider) ?? null;
  return { model: role.model ?? inherited?.model ?? null, effort: role.effort ?? inherited?.effort ?? null };
}

import type { Settings } from '../../core/settings.ts';
import type { Usage } from '../../core/vocabulary.ts';
import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { Activity, TurnCall } from '../../run/agent-port.ts';
import type { SessionWatch } from '../session.ts';
import type { Reader, Reading } from '../turn.ts';
import { usageSince } from '../usage.ts';
import { deedsIn } from './activity.ts';
import type { CodexEvent } from './events.ts';
import { decodeEvent } from './events.ts';

type Sandbox = Settings['provider']['codex']['sandbox'];

const NO_NETWORK =
  /could not resolve host|temporary failure in name resolution|network is unreachable|ENETUNREACH|EAI_AGAIN|ENOTFOUND/i;
/** On Linux, commands are started by bubblewrap, in older releases by Landlock; where that fails, none runs at all. */
const NO_SANDBOX = /^(?:bwrap: |error running landlock).*$/im;
const NO_PERMISSION = /read-only file system|permission denied|operation not permitted|EROFS|EACCES|EPERM/i;

/** What the classifier needs to know of a turn that failed. */
export interface CodexEvidence {
  /** No event at all was printed. */
  readonly silent: boolean;
  /** `turn.completed` or `turn.failed` was printed. */
  readonly terminal: boolean;
  /** What `turn.failed` says, else the last error that codex did not get over; null when there was none. */
  readonly message: string | null;
}

/** Follows one turn of codex. The last message is the answer; only `turn.completed` makes it one. */
export class CodexReader implements Reader {
  readonly #turn: TurnCall;
  readonly #session: SessionWatch;
  readonly #sandbox: Sandbox;
  readonly #told: ReadonlySet<string>;
  readonly #warnings = new Set<string>();
  readonly #denied = new Set<string>();
  #silent = true;
  #answer = '';
  #totals: Usage | null = null;
  #failed: string | null = null;
  #error: string | null = null;

  constructor(
    turn: TurnCall,
    session: SessionWatch,
    { sandbox, told }: { readonly sandbox: Sandbox; readonly told: ReadonlySet<string> },
  ) {
    this.#turn = turn;
    this.#session = session;
    this.#sandbox = sandbox;
    this.#told = told;
  }

  line(line: string): void {
    const event = decodeEvent(line);
    if (event === null) return;
    this.#silent = false;
    this.#take(event);
  }

  isFinal(line: string): boolean {
    // Most lines are long and none of these: do not parse them twice.
    if (!line.includes('"turn.')) return false;
    const kind = decodeEvent(line)?.kind;
    return kind === 'completed' || kind === 'failed';
  }

  reading(): Reading {
    return {
      answer: this.#totals === null || this.#failed !== null ? null : this.#answer,
      usage: this.#usage(),
      totals: this.#totals,
      metadata: {},
      warnings: [...this.#warnings],
      denied: [...this.#denied],
    };
  }

  evidence(): CodexEvidence {
    return {
      silent: this.#silent,
      terminal: this.#totals !== null || this.#failed !== null,
      message: this.#failed ?? (this.#totals === null ? this.#error : null),
    };
  }

  #take(event: CodexEvent): void {
    const isOld = event.kind === 'warning' && this.#told.has(warningOf(event.text));
    if (!isOld) for (const deed of deedsIn(event)) this.#show(deed);
    switch (event.kind) {
      case 'thread':
        this.#session.heard(event.id);
        break;
      case 'message':
        this.#answer = event.text;
        break;
      case 'command':
        if (event.failure !== null) this.#explainFailure(event.failure);
        break;
      case 'warning':
        this.#warnings.add(warningOf(event.text));
        break;
      case 'error':
        if (!event.text.startsWith('Reconnecting')) this.#error = event.text;
        break;
      case 'completed':
        this.#totals = event.totals;
        this.#show({ kind: 'usage', usage: this.#usage() });
        break;
      case 'failed':
        this.#failed = event.text;
        break;
      case 'files':
      case 'other':
    }
  }

  /** Of this turn alone: codex counts over the thread, which begins with the turn unless it was resumed. */
  #usage(): Usage {
    if (this.#totals === null) return UNKNOWN_USAGE;
    return this.#session.continued ? usageSince(this.#totals, this.#turn.totalsBefore) : this.#totals;
  }

  /** A failed command's output is the system's words, not the agent's: the sandbox shows there. */
  #explainFailure(output: string): void {
    if (this.#sandbox === 'bypass') return;
    const mode = `provider.codex.sandbox is ${this.#sandbox}`;
    const noSandbox = NO_SANDBOX.exec(output)?.[0];
    if (noSandbox !== undefined) {
      const why = `its sandbox does not start on this machine: ${noSandbox}; provider.codex.sandbox: bypass does without it`;
      this.#denied.add(`commands (${why})`);
      this.#warnings.add(`codex cannot run commands: ${why}`);
    } else if (NO_NETWORK.test(output)) {
      this.#warnings.add(
        `a command of codex failed for want of network: ${mode}; provider.codex.network_access: true allows it`,
      );
    } else if (NO_PERMISSION.test(output)) {
      this.#warnings.add(
        `a command of codex failed for want of permission: ${mode}; provider.codex.sandbox: bypass lifts it`,
      );
    }
  }

  #show(activity: Activity): void {
    this.#turn.onActivity(activity);
  }
}

function warningOf(text: string): string {
  return `codex: ${text}${settingBehind(text)}`;
}

/** That codex does not know a model is told by a warning alone, until the service refuses it. */
function settingBehind(warning: string): string {
  if (!/model metadata for .* not found/i.test(warning)) return '';
  return " (the model is set by provider.codex.model or provider.roles, else by codex's own configuration)";
}

import { screenLine } from '../core/screen.ts';
import { UNKNOWN_USAGE, type Usage } from '../core/vocabulary.ts';
import type { Activity } from '../run/agent-port.ts';
import type { Narrator } from '../run/ports.ts';
import { agentText } from '../inspect/agent-text.ts';
import { deedText } from '../inspect/deed-text.ts';
import { duration } from '../inspect/duration.ts';
import type { fitted } from '../inspect/columns.ts';
import type { Screen } from './screen-output.ts';
import { usageText } from '../inspect/usage-text.ts';

type Turn = Parameters<Narrator['turnBegins']>[0];

/** Without a terminal: at most one line each this often while nothing but time passes. */
const QUIET_MS = 60_000;
/** Of the line that is rewritten, in characters: no terminal shows more. */
const MOST = 1_000;

/** What goes on while a turn runs: on a terminal one line that is rewritten, elsewhere a plain line now and then. */
export class TurnStatus {
  readonly #screen: Screen;
  #turn: Turn | null = null;
  #beganAt = 0;
  #saidAt = 0;
  #last = '';
  #usage: Usage = UNKNOWN_USAGE;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  readonly #workspace: string;
  /** Null until it is loaded, and where no line is rewritten. */
  #fitted: typeof fitted | null = null;

  /** `workspace` is taken off the paths that agents name. */
  constructor(screen: Screen, workspace: string) {
    this.#screen = screen;
    this.#workspace = workspace;
    if (screen.isTerminal) void import('../inspect/columns.ts').then((columns) => (this.#fitted = columns.fitted));
  }

  begin(turn: Turn): void {
    this.#turn = turn;
    this.#beganAt = this.#saidAt = Date.now();
    this.#last = '';
    this.#usage = UNKNOWN_USAGE;
    if (!this.#screen.isTerminal) this.#screen.line(`[*] ${this.#who(turn)} ...`);
    this.#timer = setInterval(() => this.#tick(), this.#screen.isTerminal ? 1000 : QUIET_MS);
    this.#timer.unref();
    this.#draw();
  }

  activity(activity: Activity): void {
    if (activity.kind === 'usage') this.#usage = activity.usage;
    else {
      const said = deedText(activity, this.#workspace);
      if (said === this.#last) return;
      this.#last = said;
      if (!this.#screen.isTerminal && activity.kind !== 'message') this.#say(`[*]   ${said}`);
    }
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.clear();
    this.#turn = null;
  }

  /** Takes the line away, before another one is written. */
  clear(): void {
    if (this.#shown) this.#screen.out('\r\u001b[2K');
    this.#shown = false;
  }

  #tick(): void {
    if (this.#screen.isTerminal) this.#draw();
    else if (this.#turn !== null && Date.now() - this.#saidAt >= QUIET_MS) this.#say(`[*]   ${this.#text(this.#turn)}`);
  }

  #say(line: string): void {
    this.#saidAt = Date.now();
    this.#screen.line(line);
  }

  #draw(): void {
    if (this.#fitted === null || this.#turn === null) return;
    const width = process.stdout.columns || 80;
    this.#screen.out(`\r\u001b[2K${this.#fitted(screenLine(this.#text(this.#turn), MOST), Math.max(20, width - 1))}`);
    this.#shown = true;
  }

  #text(turn: Turn): string {
    const spent = usageText(this.#usage);
    const parts = [this.#who(turn), duration(Date.now() - this.#beganAt), spent, this.#last];
    return parts.filter((part) => part !== '').join(' · ');
  }

  #who({ scope, role, cycle, maxCycles, provider, called, model }: Turn): string {
    const phase = scope.phaseId === null ? '' : ` ${screenLine(scope.phaseId, 40)}`;
    return `${scope.pair}${phase} ${cycle}/${maxCycles} ${role} (${screenLine(agentText(provider, model, called), 60)})`;
  }
}

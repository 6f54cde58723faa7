import { realpathSync } from 'node:fs';
import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import type { ProcessResult } from '../../supervision/open-process.ts';
import { atMost } from '../../supervision/wait.ts';
import type { Ended, Verdict } from '../failure.ts';
import { failureOf, ownDoing } from '../failure.ts';
import { startOf } from '../find-program.ts';
import type { Player } from '../provider.ts';
import { SessionWatch } from '../session.ts';
import { Tail, tailOf } from '../tail.ts';
import type { AgentWorld } from '../turn.ts';
import { environment, survivorWarnings, untold } from '../turn.ts';
import { classifyRefusal } from './classify.ts';
import { Conversation, CutOff, Gone, Refused } from './conversation.ts';
import { cutOff, gone, unfinished, withNotices } from './endings.ts';
import type { PermissionPolicy } from './permissions.ts';
import type { Recipe } from './recipes.ts';
import { grantWishes, type Wishes } from './session-settings.ts';
import { introduce, newSession, type Opened, resumeSession } from './setup.ts';
import { SetupProblem, StepTime } from './step-time.ts';
import { TurnReader } from './turn-reader.ts';
import { ownValue } from '../../core/own-value.ts';

/** How an agent that speaks the protocol is called. */
export interface AcpCalling extends Wishes {
  /** As named to the operator: `opencode`. */
  readonly program: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly permissions: PermissionPolicy;
  readonly recipe: Recipe | null;
}

/** The time, in ms, from the answer to the end of the process; then it is ended. */
const FAREWELL_MS = 5000;
/** Of which the session may take this long to be closed. */
const CLOSE_MS = 2000;
/** The protocol has a whole answer in one line. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** An agent played by any program that speaks the Agent Client Protocol: one process a turn (docs/providers.md). */
export function acpAgent(world: AgentWorld, calling: AcpCalling): Player {
  return {
    called: calling.program,
    model: calling.model,
    effort: calling.effort,
    run: (turn) => new AcpTurn(world, calling, turn).run(),
  };
}

/** What the conversation came to. `verdict` null: the process ended before it came to anything. */
type Talked =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly verdict: Verdict | null; readonly greeted: boolean };

class AcpTurn {
  readonly #world: AgentWorld;
  readonly #calling: AcpCalling;
  readonly #turn: TurnCall;
  readonly #reader: TurnReader;
  readonly #warnings: string[] = [];
  #session: SessionWatch;
  #isSettingUp = true;
  #greeted = false;
  #closes = false;

  constructor(world: AgentWorld, calling: AcpCalling, turn: TurnCall) {
    this.#world = world;
    this.#calling = calling;
    this.#turn = turn;
    this.#session = new SessionWatch(turn, calling.program);
    this.#reader = new TurnReader(turn, { ...calling, root: realpathSync(world.cwd) });
  }

  async run(): Promise<TurnReport> {
    const { program } = this.#calling;
    const talk = await Conversation.prepare(program, this.#reader);
    const stdout = new Tail();
    const process = await this.#world.runner.open({
      ...this.#request(),
      onLine: (line) => {
        stdout.push(line);
        talk.line(line);
      },
      onDeaf: (stream) => talk.deaf(stream),
      farewell: () => {
        this.#reader.refuse();
        return talk.cancel(this.#world.hurry);
      },
    });
    talk.speakTo({ send: (text) => process.send(text), closed: process.result });
    const talked = await this.#converse(talk);
    process.end(await this.#close(talk, talked));
    const ended = await process.result;
    await this.#session.settled();
    return this.#report(talk, talked, { ...ended, tail: tailOf(stdout, ended.stderrTail) });
  }

  #request() {
    const { recipe } = this.#calling;
    const [command, ...words] = startOf(this.#calling.command, this.#world);
    const { cwd, env, idleTimeoutMs, turnTimeoutMs, hurry } = this.#world;
    const own = Object.entries(recipe?.env ?? {}).filter(([name]) => ownValue(env, name) === undefined);
    return {
      command,
      args: [...words, ...this.#calling.args],
      cwd,
      env: environment(this.#world, Object.fromEntries(own)),
      logFile: this.#turn.logFile,
      maxLineBytes: MAX_LINE_BYTES,
      idleTimeoutMs,
      turnTimeoutMs,
      graceMs: FAREWELL_MS,
      // Before the first prompt the steps have limits of their own.
      pulse: () => (this.#isSettingUp ? performance.now() : 0),
      stop: this.#turn.stop,
      ...(hurry === undefined ? {} : { hurry }),
    };
  }

  /** The turn, from the greeting to the answer. Never rejects. */
  async #converse(talk: Conversation): Promise<Talked> {
    try {
      const { id, prompt } = await this.#open(talk);
      this.#isSettingUp = false;
      this.#reader.expect(id);
      this.#reader.take(await talk.prompt(id, prompt));
      const reason = this.#reader.stopReason;
      if (reason === 'end_turn' && !talk.isCancelled) return { kind: 'answered' };
      return { kind: 'failed', verdict: unfinished(this.#calling.program, reason), greeted: true };
    } catch (error) {
      return { kind: 'failed', verdict: this.#verdictOf(error), greeted: this.#greeted };
    } finally {
      this.#isSettingUp = false;
    }
  }

  /** Greets the agent, opens the session of this turn, and sets what it is to be. */
  async #open(talk: Conversation): Promise<{ readonly id: string; readonly prompt: string }> {
    const { program } = this.#calling;
    const how = await introduce(talk, program);
    this.#greeted = true;
    this.#closes = how.closes;
    const place = { cwd: this.#reader.root, time: new StepTime(program) };
    const { resume } = this.#turn;
    const old = resume === null ? null : await resumeSession(talk, resume, how, place);
    const isForgetful = resume === null ? !how.loads && !how.resumes : old === null;
    if (isForgetful) this.#startAnew();
    const opened: Opened = old ?? (await newSession(talk, program, place));
    this.#session.heard(opened.id);
    await this.#session.settled();
    await grantWishes({ talk, program, time: place.time }, opened, this.#calling);
    const isNew = resume !== null && old === null;
    return { id: opened.id, prompt: isNew ? this.#turn.promptAnew() : this.#turn.prompt };
  }

  /** It keeps no session that could be gone on with. */
  #startAnew(): void {
    const { program } = this.#calling;
    this.#warnings.push(
      `${program} can go on with no session: every turn begins a new one, with the full instructions`,
    );
    this.#session = new SessionWatch({ ...this.#turn, resume: null }, program);
    this.#reader.startsAnew();
  }

  /** Takes leave of a session that was opened; how long the process then has to end by itself, in ms. */
  async #close(talk: Conversation, talked: Talked): Promise<number> {
    const began = performance.now();
    const id = this.#session.current;
    if (talked.kind === 'answered' && this.#closes && id !== null) {
      await atMost(
        CLOSE_MS,
        talk.call('session/close', { sessionId: id }).catch(() => undefined),
      );
    }
    return FAREWELL_MS - Math.min(CLOSE_MS, performance.now() - began);
  }

  /** Null: what became of the process decides. */
  #verdictOf(error: unknown): Verdict | null {
    if (error instanceof Gone) return null;
    if (error instanceof SetupProblem) return error.verdict;
    const { program, recipe } = this.#calling;
    if (error instanceof CutOff) return cutOff(program, error, this.#greeted);
    if (!(error instanceof Refused)) throw error;
    const login = recipe?.login ?? `as ${program} wants it`;
    const unknownSession = recipe?.unknownSession ?? null;
    return classifyRefusal(error, { program, login, unknownSession }, this.#world.now());
  }

  #report(talk: Conversation, talked: Talked, ended: Ended): TurnReport {
    const { usage, sessionTotals, ...reading } = this.#reader.reading();
    const sessionId = this.#session.current;
    if (talked.kind === 'answered') {
      const warnings = [
        ...this.#session.warnings,
        ...this.#warnings,
        ...reading.warnings,
        ...talk.notices,
        ...ended.notices,
        ...this.#endWarnings(ended),
      ];
      const told = untold(this.#world.told, warnings);
      return { kind: 'answered', ...reading, sessionId, usage, sessionTotals, warnings: told };
    }
    const { program } = this.#calling;
    const verdict = ownDoing(program, ended) ?? talked.verdict ?? gone(program, ended, talked.greeted);
    const failure = failureOf(withNotices(verdict, talk.notices), ended);
    return { kind: 'failed', failure, sessionId, usage, sessionTotals };
  }

  #endWarnings(ended: ProcessResult): string[] {
    const { program } = this.#calling;
    const stayed = ended.ending === 'grace';
    const warnings = stayed ? [`${program} had not ended ${FAREWELL_MS / 1000} s after its answer: it was ended`] : [];
    return [...warnings, ...survivorWarnings(program, ended)];
  }
}

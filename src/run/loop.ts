import { apply } from '../core/apply.ts';
import type { EventBody } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import type { Settings } from '../core/settings.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import type { NoticeKind } from '../core/vocabulary.ts';
import { Boundary } from './boundary.ts';
import type { Ports } from './ports.ts';
import { project } from './project.ts';

/** Why a run stops before its work is done: the status it ends with, and one line for the operator. */
export interface Stop {
  readonly status: RunStatus;
  readonly reason: string | null;
}

/** The operator's signal ends the run before the next turn; what is quick is done first. */
export const STOPPED: Stop = { status: 'interrupted', reason: 'stopped by the operator' };

/** The end of a step: null when it is done and the next one may begin. */
export type Performed = Promise<Stop | null>;

/** One run at work: its state, and the one way to move it on. */
export class Loop {
  readonly ports: Ports;
  readonly settings: Settings;
  /** Null without git. */
  readonly boundary: Boundary | null;
  /** The state of the sources when somebody was asked who has not answered yet. */
  leftWaiting: string | null = null;
  /** The state of the sources before the first turn, asked for while the baseline is made. */
  foreseenBase: Promise<string> | null = null;
  #state: RunState;
  #searched = false;
  readonly #warned = new Set<string>();

  constructor(ports: Ports, settings: Settings, state: RunState) {
    this.ports = ports;
    this.settings = settings;
    this.boundary = ports.git === null ? null : new Boundary(ports.git, ports.store.taskFolder);
    this.#state = state;
  }

  get state(): RunState {
    return this.#state;
  }

  /**
   * The commit of a checkpoint that an earlier start made and could not log; null: there is none. Only the first checkpoint
   * after a resume can be such a one.
   */
  async findLostCheckpoint(id: string): Promise<string | null> {
    const { boundary, ports } = this;
    if (boundary === null || this.#searched || ports.store.opened.seq === 0) return null;
    this.#searched = true;
    return boundary.git.find(id, this.#state.lastCommit);
  }

  /** Warns of what does not change while the run goes on. */
  warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.ports.narrator.warn(text);
  }

  /** Makes an event a fact: logs it, moves the state on, and brings the files that mirror the log in line with it. */
  async record(body: EventBody): Promise<null> {
    const event = await this.ports.store.append(body);
    this.#state = apply(this.#state, event);
    await project(this.ports.store, this.#state, event);
    this.ports.narrator.event(event);
    return null;
  }

  /** Tells a person something that does not move the run, and keeps it in the log for whoever asks later. `detail` says it whole. */
  async notice(kind: NoticeKind, detail: string, paths: readonly string[] = []): Promise<void> {
    await this.record({
      event_type: 'noticed',
      kind,
      detail,
      ...(paths.length === 0 ? {} : { paths: paths.slice(0, 100) }),
    });
  }
}

import type { RunEvent } from '../core/events.ts';
import { type Happening, happeningOf, isTold, NOTHING_ASKED, noticeOf, type NoticedRun } from '../core/notices.ts';
import type { NotifySettings } from '../core/notify-settings.ts';
import { send } from './send.ts';
import type { Told } from './told.ts';

export interface NotifierOptions {
  readonly settings: NotifySettings;
  readonly run: NoticedRun;
  /** Whether an agent answers questions. */
  readonly answersItself: boolean;
  /** Whether a person sits at the terminal: they get some time to reply before others are told. */
  readonly isAttended: boolean;
  readonly told: Told;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly warn: (text: string) => void;
}

const ATTENDED_MS = 30_000;
/** How long the end of a run waits for what is still to be told. */
const SETTLE_MS = 5_000;
/** The same where the operator stopped it: they wait, and what is not told they did themselves. */
const STOPPED_MS = 500;

/** Tells a person who does not look what a run needs them for, after it is in the log. Nothing of it can end the run. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #sending = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #state = NOTHING_ASKED;
  #settleMs = SETTLE_MS;
  /** Aborted when the person at the terminal has replied. */
  #replied = new AbortController();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  event(event: RunEvent): void {
    const before = this.#state;
    const { after, happening } = happeningOf(before, event, this.#options);
    this.#state = after;
    if ((before.isAsking && !after.isAsking) || event.event_type === 'run_finished') this.#replied.abort();
    if (event.event_type === 'run_finished' && event.status === 'interrupted') this.#settleMs = STOPPED_MS;
    if (happening === null || !isTold(this.#options.settings, happening.topic)) return;
    this.#keep(this.#tell(happening));
  }

  /** Waits for what is on its way, some seconds at most. */
  async settle(): Promise<void> {
    if (this.#sending.size > 0) {
      const enough = new AbortController();
      await Promise.race([Promise.all(this.#sending), this.#options.sleep(this.#settleMs, enough.signal)]);
      enough.abort();
    }
    this.#end.abort();
  }

  #keep(sending: Promise<void>): void {
    const kept = sending.catch((error: unknown) => this.#options.warn(`a notice was not sent: ${String(error)}`));
    this.#sending.add(kept);
    void kept.then(() => this.#sending.delete(kept));
  }

  async #tell(happening: Happening): Promise<void> {
    const { settings, run, isAttended, told, env, sleep, warn } = this.#options;
    if (isAttended && (happening.topic === 'question' || happening.topic === 'approval')) {
      this.#replied = new AbortController();
      const { signal } = this.#replied;
      await sleep(ATTENDED_MS, signal);
      if (signal.aborted) return;
    }
    const notice = noticeOf(happening, run);
    if (!told.claim(notice)) return;
    const world = { env, again: (ms: number) => sleep(ms, this.#end.signal), stop: this.#end.signal };
    for (const { problem } of await send(notice, settings, world)) {
      if (problem !== null) warn(`a notice was not sent: ${problem}`);
    }
  }
}

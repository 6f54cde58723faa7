import { type Ended, howItEnded, lastWords, shorten, type Verdict } from '../failure.ts';
import type { CutOff } from './conversation.ts';

/** What it means that a turn ended with something else than its own end. `reason`: in the protocol's words; null: it did not say. */
export function unfinished(program: string, reason: string | null): Verdict {
  if (reason === 'cancelled' || reason === 'end_turn') {
    return {
      class: 'interrupted',
      message: `${program} cancelled the turn, which nobody here asked for`,
      hint: null,
    };
  }
  const words = reason === null ? 'without saying why' : `with ${shorten(reason)}`;
  return { class: 'other', message: `${program} ended the turn ${words}`, hint: null };
}

/** The process ended before the answer. One that was not greeted may be no such agent at all. */
export function gone(program: string, ended: Ended, isGreeted: boolean): Verdict {
  const words = lastWords(ended);
  const said = words === '' ? '' : `: ${words}`;
  return before(
    `${program} ${howItEnded(ended)}`,
    isGreeted ? 'its answer' : 'it had answered initialize',
    isGreeted,
    said,
  );
}

/** The process stayed, and could be talked with no more. */
export function cutOff(program: string, { message, method }: CutOff, isGreeted: boolean): Verdict {
  return before(`${program} ${message}`, `it had answered ${method}`, isGreeted);
}

function before(what: string, when: string, isGreeted: boolean, said = ''): Verdict {
  const message = `${what} before ${when}${said}`;
  if (isGreeted) return { class: 'interrupted', message, hint: null };
  return {
    class: 'configuration',
    message,
    hint: 'Check provider.acp.command: the program must speak the Agent Client Protocol on its standard input and output.',
  };
}

/** What was strange may be why it failed. */
export function withNotices(verdict: Verdict, notices: readonly string[]): Verdict {
  return notices.length === 0 ? verdict : { ...verdict, message: [verdict.message, ...notices].join('; ') };
}

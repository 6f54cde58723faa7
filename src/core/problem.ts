/**
 * What kind of trouble a problem is. The command line maps each kind to one exit code (`core/exit-codes.ts`):
 * usage 2, unsettled 4, busy 5, everything else 1. `unsettled`: the repository is not as a run left it; a person settles it, and
 * the run goes on from there, so that it pauses.
 */
export type ProblemKind = 'usage' | 'configuration' | 'provider' | 'git' | 'state' | 'busy' | 'unsettled';

/**
 * An expected failure, worded for the person who meets it: `message` says what was found and what is accepted,
 * `hint` says what to do next. It reaches the screen as these one or two lines, never as a stack trace.
 * Anything else that is thrown is a bug.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly hint: string | null;
  /** The run that it kept from going on, for the command that tries again; null: none, or there is nothing to try. */
  run: { readonly workspace: string; readonly taskId: string; readonly runId: string } | null = null;
  /** It kept a run from being begun at all: the command that it was started with begins it, once the cause is gone. */
  beginsAnew = false;

  constructor(kind: ProblemKind, message: string, hint: string | null = null) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

import type { Consent } from './declared.ts';

export type FindingKind =
  /** A test that passed, and fails on today's code. */
  | 'regression'
  /** A test that passed, and is gone or skipped. */
  | 'removed'
  /** Old and new text of a test ask for different things. */
  | 'changed'
  /** The new text of a test passes where its old one fails, and on the old code, too. */
  | 'weakened'
  /** A new test that fails. */
  | 'failing'
  /** What decides without being a test was changed. */
  | 'machinery'
  /** Exit code and results tell different stories, or there are none. */
  | 'implausible'
  /** A check that has to pass does not. */
  | 'not_passed'
  /** A new test that passes on the old code as well. */
  | 'vacuous'
  /** A criterion of which nothing shows that it holds; `test` is its id. */
  | 'unproven'
  /** Dependencies that checks get from the work tree are not those of the start. */
  | 'carried'
  /** A link of today's sources leads out of the repository. */
  | 'outside'
  /** What today's sources would be compared with is not in the repository any more. */
  | 'lost'
  /** A guard was edited, and every test that it had still passes as it was. */
  | 'edited';

export interface Finding {
  readonly kind: FindingKind;
  readonly check: string | null;
  readonly test: string | null;
  /** The guard it is about, or the one that may have caused it. */
  readonly path: string | null;
  readonly declared: Consent | null;
  /** Whether it keeps the moment from passing. */
  readonly gates: boolean;
  /** What was seen, where the kind does not say it all. */
  readonly detail: string | null;
}

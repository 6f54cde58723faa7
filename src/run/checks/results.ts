import { listed } from '../../core/listed.ts';
import { type Check, type Moment, type Side } from '../../core/checks/check.ts';
import { resultKey } from '../../core/checks/facts.ts';
import { type CheckResult, countsOf, fromDocument, mergeTries, toDocument } from '../../core/checks/results.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { CheckBench, CheckRun, Ran } from '../check-port.ts';
import type { Loop } from '../loop.ts';
import { ownValue } from '../../core/own-value.ts';

/** Which check on which state, and how it counts there. */
export interface Wanted {
  readonly check: Check;
  readonly side: Side;
  readonly tree: string;
  readonly at: Moment;
  /** Ids whose failure is tried again; what is not named was failing before. */
  readonly suspicious: (result: CheckResult) => boolean;
  readonly tries: number;
}

interface Found extends Pick<Wanted, 'side' | 'tree' | 'at'>, Pick<Ran, 'parser' | 'cached'> {
  readonly check: string;
  readonly commit: string | null;
  readonly where: 'clean' | 'in_place';
  readonly log: string | null;
  readonly result: CheckResult;
}

/** The results of checks on states: what the log has is not run again. */
export class ResultStore {
  readonly bench: CheckBench;
  readonly evidence: EvidenceSettings;
  readonly #loop: Loop;
  readonly #seen = new Map<string, CheckResult>();
  /** The state that the work tree is in; null: that in which the run found it, on which its base is judged. */
  #here: string | null = null;

  constructor(loop: Loop, bench: CheckBench, evidence: EvidenceSettings) {
    this.#loop = loop;
    this.bench = bench;
    this.evidence = evidence;
  }

  /** Says which state the work tree is in, now that agents may have been at work. */
  standsOn(tree: string): void {
    this.#here = tree;
  }

  /** Whether a check is run in the work tree, because no clean copy can have what it needs, or there is none. */
  isInPlace(check: string): boolean {
    const { checks } = this.#loop.state;
    return this.#where(ownValue(checks.kept, resultKey(check, checks.resolved?.baseTree ?? ''))?.where) === 'in_place';
  }

  /** Whether a check can be run on a state: in the work tree there is only one. */
  canRun(check: string, tree: string): boolean {
    return this.#isHere(tree) || !this.isInPlace(check);
  }

  /** What is known of a check on a state; null: nothing, or it was kept on another machine. */
  async known(check: string, tree: string): Promise<CheckResult | null> {
    const key = resultKey(check, tree);
    const kept = ownValue(this.#loop.state.checks.kept, key);
    if (kept === undefined) return null;
    const seen = this.#seen.get(key) ?? fromDocument(await this.#loop.ports.store.recall(kept.name));
    if (seen !== null) this.#seen.set(key, seen);
    return seen;
  }

  /**
   * The result of a check on a state, run where it is not known, and again where it fails in a way that may pass. Of one that runs in the
   * work tree it is what holds there, files and all, and nothing is recorded of a state that was not there; at a base that is gone it had
   * no tests, so that nothing of today counts as old.
   */
  async of(wanted: Wanted): Promise<CheckResult> {
    const { check, side, tree } = wanted;
    const known = await this.known(check.name, tree);
    if (known !== null && known.ending !== 'stopped') return known;
    if (this.canRun(check.name, tree) || this.#here === null) return this.#run(wanted);
    return side === 'base' ? WITHOUT_TESTS : this.of({ ...wanted, tree: this.#here });
  }

  #isHere(tree: string): boolean {
    return this.#here === null || this.#here === tree;
  }

  async #run({ check, side, tree, at, suspicious, tries }: Wanted): Promise<CheckResult> {
    const { store, stop } = this.#loop.ports;
    const { checks } = this.#loop.state;
    const base = ownValue(checks.kept, resultKey(check.name, checks.resolved?.baseTree ?? ''));
    const where = this.#where(base?.where);
    const log = `check-${String(Object.keys(checks.kept).length + 1).padStart(4, '0')}-${check.name}.log`;
    const place = {
      check: check.name,
      at,
      side,
      tree,
      commit: at === 'base' ? (checks.resolved?.baseCommit ?? null) : null,
    };
    await this.#loop.record({ event_type: 'check_started', ...place });
    const request = { check, tree, where, expected: base?.parser ?? null, evidence: this.evidence };
    const logFile = `${store.files.turns}/${log}`;
    const first = await this.bench.run({ ...request, logFile, mayBeKnown: true });
    let ran = { ...first, where };
    let result = first.result;
    for (let again = 0; again < tries && !stop.aborted && suspicious(result); again += 1) {
      const next = await this.bench.run({ ...request, logFile, mayBeKnown: false });
      result = mergeTries([result, next.result]);
    }
    const inPlace =
      side === 'base' && where === 'clean' ? await this.#tryInPlace({ ...request, logFile }, result) : null;
    if (inPlace !== null) {
      ran = { ...inPlace, where: 'in_place' };
      result = inPlace.result;
    }
    await this.#record({ ...place, ...ran, result, log: ran.cached ? null : log });
    return result;
  }

  /** Takes for a check's result at the base what an earlier run of the chain found in the work tree as it was; null: that is not to be had. */
  async inherit(check: string, parser: Ran['parser'], found: CheckResult | null): Promise<void> {
    const { resolved } = this.#loop.state.checks;
    const base = {
      side: 'base',
      at: 'base',
      tree: resolved?.baseTree ?? '',
      commit: resolved?.baseCommit ?? null,
    } as const;
    const how = { parser, cached: true, where: 'in_place', log: null } as const;
    await this.#record({ check, ...base, ...how, result: found ?? WITHOUT_TESTS });
  }

  async #record({ result, ...place }: Found): Promise<void> {
    const { store } = this.#loop.ports;
    const { ending, exitCode, durationMs, implausible } = result;
    const document = toDocument(result);
    const name = await store.keep('results', document);
    this.#seen.set(resultKey(place.check, place.tree), result);
    await this.#loop.record({
      event_type: 'check_finished',
      ...place,
      exit_code: exitCode,
      duration_ms: durationMs,
      counts: countsOf(result.tests),
      results: { name, sha256: store.digest(document) },
      ending,
      implausible,
    });
  }

  /** A check that needs what no clean copy has is run in the work tree, and that is said. */
  async #tryInPlace(request: Omit<CheckRun, 'mayBeKnown'>, clean: CheckResult): Promise<Ran | null> {
    if (this.evidence.where !== 'auto' || !this.#isHere(request.tree)) return null;
    const missing = this.bench.missing?.(request.tree) ?? [];
    if (missing.length > 0) return this.#withMissing(request, missing);
    if (!failsWhole(clean)) return null;
    const ran = await this.bench.run({ ...request, where: 'in_place', mayBeKnown: false });
    if (failsWhole(ran.result)) return null;
    const { name } = request.check;
    this.#loop.ports.narrator.warn(`check ${name} fails in a clean copy and passes here: it is run in the work tree`);
    return ran;
  }

  async #withMissing(request: Omit<CheckRun, 'mayBeKnown'>, missing: readonly string[]): Promise<Ran> {
    this.#loop.ports.narrator.warn(
      `no clean copy can have ${listed(missing, 3)} (submodule or large file whose content is not on this machine): check ${request.check.name} is run in the work tree`,
    );
    return this.bench.run({ ...request, where: 'in_place', mayBeKnown: false });
  }

  #where(atBase: 'clean' | 'in_place' | undefined): 'clean' | 'in_place' {
    if (this.bench.isInPlace === true) return 'in_place';
    if (this.evidence.where !== 'auto') return this.evidence.where;
    return atBase ?? 'clean';
  }
}

const WITHOUT_TESTS: CheckResult = {
  ending: 'exited',
  exitCode: null,
  durationMs: 0,
  tests: new Map(),
  files: new Map(),
  flaky: [],
  implausible: null,
};

/** It does not work at all: nothing of it passes. */
function failsWhole({ tests, implausible, ending }: CheckResult): boolean {
  if (ending === 'stopped') return false;
  return implausible !== null || (tests.size > 0 && [...tests.values()].every((outcome) => outcome === 'failed'));
}

import type { Check, Moment } from './check.ts';
import type { TestChange } from './declared.ts';
import type { Counts } from './results.ts';
import type { CriterionResult } from './criteria.ts';
import { ownValue } from '../own-value.ts';
import { type Carried, type CheckEventBody, fromLogged, type LoggedFinding, type Where } from './check-events.ts';

/** What the log says about the checks of a run. */
export interface CheckFacts {
  /** Whether the run was started by a release that knows checks: others go on without. */
  readonly isWanted: boolean;
  /** Null until they were looked for. */
  readonly resolved: {
    readonly checks: readonly Check[];
    readonly baseTree: string;
    /** The base with the guards of persons, which what agents did to guards is told from; those that no check reads may not be in `baseTree`. */
    readonly guardTree: string;
    readonly baseCommit: string | null;
    readonly where: Where;
    /** Null or absent: not known. */
    readonly carried?: Carried | null;
  } | null;
  readonly baseJudged: boolean;
  /** Results by check and state (`resultKey`): a state is run once. */
  readonly kept: Readonly<Record<string, KeptResult>>;
  /** The last judgement of each moment. */
  readonly judged: Partial<Readonly<Record<Moment, Judged>>>;
  /** The judgement of the cycle in progress, for the verifier's word; null: nothing was judged in it. */
  readonly inCycle: Judged | null;
  /** The failures that the last cycle ended with, as one text; null: none. */
  readonly lastFailures: string | null;
  /** Scopes whose missing evidence was asked for once. */
  readonly asked: readonly string[];
  /** The states with which phases were complete, in order. `isEdited`: a person has changed guards in it, and no check has seen it. */
  readonly phaseTrees: readonly { readonly phaseId: string; readonly tree: string; readonly isEdited?: boolean }[];
  /** The state as the last agent and the end of the run left it; null: an agent may have been at work since. */
  readonly left: string | null;
  /** What persons edited while no agent was at work, each as two states. */
  readonly persons: readonly { readonly from: string; readonly to: string }[];
  /** What a person has accepted, with the state that it was about (null: not known) and the hash of what no state has. */
  readonly accepted: readonly { readonly name: string; readonly tree: string | null; readonly content?: string }[];
  /** Milliseconds that checks have taken. */
  readonly spentMs: number;
  /** After a resume of an unverified run: whether one more cycle is still to be given where checks fail again. */
  readonly secondChance: boolean;
  /** Changes of tests that the plan announces, frozen when its phases were selected. */
  readonly announced: readonly (TestChange & { readonly phaseId: string })[];
  /** Tests that failed at the base. */
  readonly oldFailures: readonly string[];
  /** Tests that passed and failed on one state, at any moment of the run. */
  readonly flaky: readonly string[];
  /** The criteria as they were last weighed: at the end, else when their phase was complete. */
  readonly weighed: readonly CriterionResult[];
  readonly reported: { readonly verified: boolean } | null;
  /** The commits that were made while a phase was worked on, by its id. */
  readonly commits: Readonly<Record<string, readonly string[]>>;
}

export interface KeptResult {
  readonly name: string;
  readonly sha256: string;
  readonly log: string | null;
  readonly parser: Extract<CheckEventBody, { event_type: 'check_finished' }>['parser'];
  readonly where: Exclude<Where, 'auto'>;
  readonly durationMs: number;
  readonly counts: Counts;
}

export interface Judged {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  readonly findings: readonly LoggedFinding[];
  readonly more: number;
  readonly flaky: readonly string[];
  readonly tree: string;
  readonly phaseId: string | null;
  readonly note: string | null;
}

export const NO_CHECKS: CheckFacts = {
  isWanted: false,
  resolved: null,
  baseJudged: false,
  kept: {},
  judged: {},
  inCycle: null,
  lastFailures: null,
  asked: [],
  phaseTrees: [],
  left: null,
  persons: [],
  accepted: [],
  spentMs: 0,
  secondChance: false,
  announced: [],
  oldFailures: [],
  flaky: [],
  weighed: [],
  reported: null,
  commits: {},
};

export function resultKey(check: string, tree: string): string {
  return `${check} ${tree}`;
}

/** How long a check took at the base; where a person has changed that since, as long as it took at any state. */
export function baseMs({ kept, resolved }: CheckFacts, { name }: Check): number {
  const own = ownValue(kept, resultKey(name, resolved?.baseTree ?? ''));
  if (own !== undefined) return own.durationMs;
  const others = Object.entries(kept).filter(([key]) => key.startsWith(`${name} `));
  return Math.max(0, ...others.map(([, { durationMs }]) => durationMs));
}

/** The facts after one more event, but for what a judgement does to the pair in progress (`apply-checks.ts`). */
export function foldChecks(facts: CheckFacts, event: CheckEventBody): CheckFacts {
  switch (event.event_type) {
    case 'checks_resolved': {
      const { base_tree: baseTree, base_commit: baseCommit, where } = event;
      const checks = event.checks.map(fromLogged);
      const known = facts.resolved?.baseTree === baseTree ? facts.resolved.guardTree : baseTree;
      const carried = event.carried ?? facts.resolved?.carried ?? null;
      const resolved = { checks, baseTree, guardTree: event.guard_tree ?? known, baseCommit, where, carried };
      return { ...facts, resolved, baseJudged: checks.length === 0, kept: stillTrue(facts, checks) };
    }
    case 'check_started':
      return facts;
    case 'check_finished': {
      const { results, log, parser, where, duration_ms: durationMs, cached, counts } = event;
      const one: KeptResult = { ...results, log, parser, where, durationMs, counts };
      const kept = { ...facts.kept, [resultKey(event.check, event.tree)]: one };
      return { ...facts, kept, spentMs: facts.spentMs + (cached ? 0 : durationMs) };
    }
    case 'checks_judged':
      return judged(facts, event);
    case 'person_edited':
      return withPersonsEdits(facts, event);
    case 'change_accepted':
      return { ...facts, accepted: [...facts.accepted, acceptedIn(event)] };
    case 'evidence_reported':
      return { ...facts, reported: { verified: event.verified } };
  }
}

function withPersonsEdits(
  facts: CheckFacts,
  event: Extract<CheckEventBody, { event_type: 'person_edited' }>,
): CheckFacts {
  const { from, to, base_tree: baseTree, guard_tree: guardTree, later_tree: later } = event;
  const resolved = facts.resolved && { ...facts.resolved, baseTree, guardTree };
  const last = facts.phaseTrees.at(-1);
  const moved = last !== undefined && later !== null && later !== last.tree;
  const phaseTrees = moved
    ? [...facts.phaseTrees.slice(0, -1), { ...last, tree: later, isEdited: true }]
    : facts.phaseTrees;
  const base = { from: facts.resolved?.baseTree, to: baseTree };
  const kept = {
    ...facts.kept,
    ...inPlaceOn(facts, base),
    ...(moved ? inPlaceOn(facts, { from: last.tree, to: later }) : {}),
  };
  const persons = from === null ? facts.persons : [...facts.persons, { from, to }];
  return { ...facts, resolved, phaseTrees, persons, kept, left: to };
}

/** What ran in the work tree when a state was there cannot be run on it as a person has edited it: it stays what it was. */
function inPlaceOn(
  { kept, resolved }: CheckFacts,
  { from = '', to }: { readonly from?: string | undefined; readonly to: string },
): CheckFacts['kept'] {
  const moved = (resolved?.checks ?? []).flatMap(({ name }) => {
    const one = ownValue(kept, resultKey(name, from));
    return one?.where === 'in_place' ? [[resultKey(name, to), one] as const] : [];
  });
  return Object.fromEntries(moved);
}

function acceptedIn({ name, tree, content }: Extract<CheckEventBody, { event_type: 'change_accepted' }>) {
  return { name, tree: tree ?? null, ...(content === undefined ? {} : { content }) };
}

/** Results of checks that are as they were. */
function stillTrue({ kept, resolved }: CheckFacts, checks: readonly Check[]): CheckFacts['kept'] {
  const text = (list: readonly Check[], name: string) => JSON.stringify(list.find((check) => check.name === name));
  const changed = (resolved?.checks ?? []).filter(
    ({ name }) => text(checks, name) !== text(resolved?.checks ?? [], name),
  );
  const isOld = (key: string) => changed.some(({ name }) => key.startsWith(`${name} `));
  return Object.fromEntries(Object.entries(kept).filter(([key]) => !isOld(key)));
}

function judged(facts: CheckFacts, event: Extract<CheckEventBody, { event_type: 'checks_judged' }>): CheckFacts {
  const { at, verdict, findings, more, flaky, tree, phase_id: phaseId, note, left_out: leftOut = [] } = event;
  const one: Judged = { verdict, findings, more, flaky, tree, phaseId, note };
  const weighed = at === 'base' ? facts.weighed : withWeighed(facts.weighed, event);
  const everFlaky = [...new Set([...facts.flaky, ...flaky])].sort();
  const after = { ...facts, weighed, flaky: everFlaky, judged: { ...facts.judged, [at]: one } };
  if (at !== 'base') return { ...after, inCycle: at === 'end' ? facts.inCycle : one };
  const { resolved } = facts;
  const checks = resolved?.checks.filter(({ name }) => !leftOut.includes(name)) ?? [];
  return {
    ...after,
    baseJudged: true,
    oldFailures: event.old_failures ?? [],
    resolved: resolved && { ...resolved, checks },
  };
}

/** A run may end for its follow-up without a last judgement: what its phases had shown when they were complete is what it tells. */
function withWeighed(
  known: CheckFacts['weighed'],
  { at, criteria = [] }: Extract<CheckEventBody, { event_type: 'checks_judged' }>,
): CheckFacts['weighed'] {
  const weighed = criteria.map(({ phase_id: phaseId, ...one }) => ({ ...one, phaseId }));
  if (at === 'end') return weighed;
  const phases = new Set(weighed.map(({ phaseId }) => phaseId));
  return [...known.filter(({ phaseId }) => !phases.has(phaseId)), ...weighed];
}

/** The judgement that counts now: the end's, else the last one before it; null: nothing was judged after the base. */
export function lastJudged({ judged: { end, pair, cycle } }: Pick<CheckFacts, 'judged'>): Judged | null {
  return end ?? pair ?? cycle ?? null;
}

/** The checks for which it gates, by name. */
export function failingChecks(judged: Judged | null): ReadonlySet<string> {
  const findings = judged?.findings ?? [];
  return new Set(findings.flatMap(({ gates, check }) => (gates && check !== null ? [check] : [])));
}

/** The failures of a judgement as one text: two cycles with the same one have got no further. */
export function failureText({ findings, more }: Judged): string {
  const gating = findings.filter(({ gates }) => gates).map(({ kind, check, test, path }) => [kind, check, test, path]);
  return JSON.stringify([gating, more]);
}

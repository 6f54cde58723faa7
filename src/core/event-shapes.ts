import type { EventType } from './events.ts';
import { type Check, count, flag, maybe, moment, object, objects, oneOf, text, texts, whole } from './field-checks.ts';
import { PAIRS, PROVIDER_NAMES } from './vocabulary.ts';
import { outcome, totals, usage } from './turn-shapes.ts';

const pair = oneOf(PAIRS);
const role = oneOf(['producer', 'verifier']);
const mode = oneOf(['single', 'up-to']);
const pairs: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every(pair) && new Set(value).size === value.length;

const command: Check = (value) => text(value) || texts(value);
const loggedCheck = object({ name: text, run: command, parser: text, when: text, gate: text, timeout_minutes: count });
const inPlace = object({ run_id: text, results: objects(object({ check: text, name: text, parser: text })) });
const carried = object({ at: count, folders: object({}), guards: maybe(object({})) });
const carriedOn = { carried: maybe(carried), in_place: maybe(inPlace), spent_ms: maybe(count) };

const settings = maybe(
  object({ provider: object({ roles: object({ producer: object({}), verifier: object({}) }) }), runtime: object({}) }),
);

const opened = {
  pairs,
  max_iterations: whole,
  use_git: maybe(flag),
  task_id: maybe(text),
  parent_run_id: maybe(text),
  followup_depth: maybe(whole),
  settings,
  programs: maybe(object({})),
  worktree: maybe(object({ branch: text, base: text, base_branch: maybe(text) })),
  spent_before: totals,
  chain_base: maybe(object({ ...{ tree: text, guards: maybe(text), left: maybe(text) }, ...carriedOn })),
  format: maybe(whole),
  version: maybe(text),
};
const inPair = { pair, phase_id: maybe(text) };
const inCycle = { ...inPair, cycle: whole, attempt: whole };
const inTurn = { ...inCycle, phase: role };
const cost = {
  duration_ms: maybe(count),
  provider: maybe(oneOf(PROVIDER_NAMES)),
  model: maybe(text),
  session_id: maybe(text),
  usage,
  session_totals: usage,
};
const ofPhase = { pair: maybe(pair), phase_id: text, phase_mode: maybe(mode) };
const followup = { followup_run_id: text, followup_depth: maybe(whole), auto_followup_max_depth: maybe(whole) };
const audited = { summary: maybe(text), revised_request_path: maybe(text) };

/** The types of the fields that the fold and the program's texts rely on. */
const SHAPES: Readonly<Record<EventType, Readonly<Record<string, Check>>>> = {
  run_started: opened,
  run_resumed: {
    ...opened,
    changed_settings: maybe((value) => Array.isArray(value) && value.every(object({ key: text }))),
  },
  pair_started: { ...inPair, boxes: maybe(texts) },
  cycle_started: inCycle,
  turn_started: {
    ...inTurn,
    turn: whole,
    provider: maybe(oneOf(PROVIDER_NAMES)),
    agent: maybe(text),
    model: maybe(text),
    session_id: maybe(text),
    baseline: maybe(text),
    head: maybe(text),
    branch: maybe(text),
    artifacts: maybe(text),
    ticked: maybe(texts),
  },
  session_identified: { session: text, agent: maybe(text), provider: oneOf(PROVIDER_NAMES), session_id: text },
  phase_finished: { ...inTurn, empty_output: maybe(flag), outcome, ...cost },
  turn_interrupted: {
    ...inTurn,
    ...cost,
    reason: maybe(text),
    message: maybe(text),
    edits: maybe(text),
    until: maybe(moment),
  },
  edits_recovered: { ...inTurn, commit: maybe(text), paths: maybe(whole) },
  checkpoint: {
    subject: text,
    commit: maybe(text),
    kind: maybe(text),
    pair: maybe(pair),
    phase_id: maybe(text),
    cycle: maybe(whole),
    attempt: maybe(whole),
    role: maybe(role),
  },
  verifier_edited: { ...inTurn, paths: texts },
  phase_output_empty: { pair, phase: role },
  question: { pair, phase: role, cycle: maybe(whole), text: maybe(text) },
  auto_answer_finished: { ...inTurn, answer: text, ...cost },
  clarified: {
    clarification: object({
      question: maybe(text),
      answer: text,
      source: text,
      pair: maybe(pair),
      qa_seq: maybe(whole),
    }),
    command_id: maybe(text),
    by: maybe(text),
  },
  pr_opened: { url: text },
  commanded: { command_id: text, kind: text, by: maybe(text) },
  approval_requested: { sha256: text },
  approval_given: {
    verdict: oneOf(['approved', 'rejected']),
    sha256: text,
    text: maybe(text),
    command_id: maybe(text),
    by: maybe(text),
  },
  missing_promise_default: { pair },
  pair_completed: inCycle,
  blocked: { pair, cycle: maybe(whole), reason: maybe(text) },
  pair_failed: { pair, reason: maybe(text) },
  phase_scope_resolved: { phase_mode: mode, phase_ids: texts, explicit: maybe(flag) },
  phase_started: { phase_id: text, phase_mode: maybe(mode) },
  phase_deferred: { ...ofPhase, reason: maybe(text) },
  phase_completed: ofPhase,
  phase_blocked: ofPhase,
  audit_result_invalid: { error: text },
  audit_clean: audited,
  audit_gaps_found: audited,
  auto_followup_scheduled: followup,
  auto_followup_launched: followup,
  auto_followup_skipped: { reason: text, followup_depth: maybe(whole), auto_followup_max_depth: maybe(whole) },
  noticed: { kind: text, detail: maybe(text), paths: maybe(texts) },
  checks_resolved: {
    checks: objects(loggedCheck),
    base_tree: text,
    base_commit: maybe(text),
    where: text,
    guard_tree: maybe(text),
    carried: maybe(carried),
  },
  check_started: { check: text, tree: text },
  check_finished: {
    check: text,
    tree: text,
    duration_ms: count,
    results: object({ name: text, sha256: text }),
    log: maybe(text),
    parser: text,
    where: text,
    cached: flag,
  },
  checks_judged: {
    at: oneOf(['base', 'cycle', 'pair', 'end']),
    verdict: oneOf(['passed', 'failed', 'inconclusive']),
    findings: objects(object({ kind: text, check: maybe(text), test: maybe(text), path: maybe(text), gates: flag })),
    more: count,
    flaky: texts,
    note: maybe(text),
    tree: text,
    left_out: maybe(texts),
    checks: maybe(count),
    criteria: maybe(
      objects(object({ phase_id: text, id: text, state: text, tests: texts, checks: texts, note: maybe(text) })),
    ),
  },
  person_edited: {
    from: maybe(text),
    to: text,
    base_tree: text,
    guard_tree: text,
    later_tree: maybe(text),
    paths: texts,
  },
  change_accepted: { name: text, tree: maybe(text), content: maybe(text) },
  evidence_reported: { verified: flag, criteria: objects(object({ id: text, state: text })) },
  run_rewound: {
    to_seq: whole,
    number: maybe(whole),
    checkpoint: text,
    head: text,
    commit: maybe(text),
    snapshot: maybe(text),
    kept: texts,
    undoes: maybe(whole),
  },
  limit_wait: { until: moment, message: maybe(text) },
  worktree_created: {
    path: text,
    branch: text,
    base: text,
    base_branch: maybe(text),
    included: maybe(count),
    setup_ms: maybe(count),
  },
  worktree_removed: { path: text, snapshot: maybe(text) },
  merged: { into: text, strategy: text, commit: text },
  merge_conflict: { into: maybe(text), paths: texts },
  run_finished: {
    status: text,
    exit_code: maybe(count),
    followup_run_id: maybe(text),
    reason: maybe(text),
    left_uncommitted: maybe(texts),
    usage: totals,
    tree: maybe(text),
  },
};

const CHECKS = new Map(
  Object.entries(SHAPES).map(
    ([type, fields]) => [type, Object.entries({ ts: text, run_id: text, ...fields })] as const,
  ),
);

/** The first field of an event that is not of its type, or is missing where nothing follows without it; null: all are well. */
export function misshapen(event: { readonly event_type: string }): string | null {
  const checks = CHECKS.get(event.event_type);
  if (checks === undefined) return null; // a newer release's event
  const fields = event as Readonly<Record<string, unknown>>;
  // eslint-disable-next-line autoloop/own-values -- the names are ours, and every event of a log comes by
  for (const [name, check] of checks) if (!check(fields[name])) return name;
  return null;
}

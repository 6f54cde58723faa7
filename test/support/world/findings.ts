import { isDeepStrictEqual } from 'node:util';
import { apply, replay } from '../../../src/core/apply.ts';
import { misshapen } from '../../../src/core/event-shapes.ts';
import { impossibility } from '../../../src/core/history-check.ts';
import type { EventOf, EventType, RunEvent } from '../../../src/core/events.ts';
import { runMetadata } from '../../../src/run/project.ts';
import { keyOfPhase } from './agents.ts';
import { commitFindings } from './commits.ts';
import { decisionBlocks } from './decisions.ts';
import type { Call, Disk } from './disk.ts';
import { Operations } from './operations.ts';
import { dirtyPaths } from './repository.ts';
import { runFolder, runStore } from './store.ts';
import { OF_THE_USER, type Started } from './world.ts';

export interface Outcome {
  readonly disk: Disk;
  readonly starts: readonly Started[];
}

/** What a run that was disturbed does not share with one that was not, and every promise that it broke; one line each. */
export function findings(
  { disk: clean, started }: { readonly disk: Disk; readonly started: Started },
  { disk, starts }: Outcome,
  extraCalls: number,
): string[] {
  const last = starts.at(-1);
  const found: string[] = [];
  if (last?.status !== started.status)
    found.push(`${last?.status ?? 'killed'} (${last?.reason ?? ''}) is not how it ends`);
  if (disk.calls.length > clean.calls.length + extraCalls) {
    found.push(`${disk.calls.length} turns were paid for instead of ${clean.calls.length}`);
  }
  const views = [viewOf(clean), viewOf(disk)];
  if (!isDeepStrictEqual(views[0], views[1])) found.push(`it ended otherwise:\n${firstDifference(views[0], views[1])}`);
  found.push(...commitFindings(clean, disk), ...ofTheUser(disk), ...lostWork(clean, disk, starts));
  for (const [runId, log] of disk.logs)
    found.push(...inLog(log), ...mirrors(disk, runId, log), ...notes(disk, runId, log));
  return found;
}

/** What the runs of a chain came to, without what a repeated turn may change: times, ids, attempts, who changed what when. */
export function viewOf(disk: Disk): unknown {
  return [...disk.logs.values()].map((log) => {
    const { completed, phases, selection, audit, finished, followup, followupSkipped, clarifications, ...state } =
      replay(log);
    return {
      completed,
      phases,
      selection,
      audit,
      finished,
      followup: followup && { depth: followup.followup_depth, launched: followup.launched },
      followupSkipped,
      clarified: clarifications.map(({ question, answer, source, qa_seq }) => ({ question, answer, source, qa_seq })),
      notes: state.notes,
      active: state.active && {
        scope: state.active.scope,
        cycle: state.active.cycle,
        todo: state.active.todo.map((step) => step.do),
      },
      history: state.history.map(({ phase_id, status }) => `${phase_id} ${status}`),
      turns: log.filter(isOf('phase_finished')).map(({ pair, phase_id, phase, cycle, outcome }) => {
        const { changed: _changed, ...decided } = outcome ?? { changed: false };
        return { pair, phase_id, phase, cycle, decided };
      }),
    };
  });
}

function isOf<T extends EventType>(...types: readonly T[]) {
  return (event: RunEvent): event is RunEvent & EventOf<T> => types.some((type) => type === event.event_type);
}

function firstDifference(a: unknown, b: unknown, path = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return `${path}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`;
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const key = [...new Set([...Object.keys(left), ...Object.keys(right)])].find(
    (one) => !isDeepStrictEqual(left[one], right[one]),
  );
  return key === undefined ? `${path}: alike` : firstDifference(left[key], right[key], `${path}/${key}`);
}

/** Nothing of the user's is in a commit, and what no agent wrote is as it was. */
function ofTheUser(disk: Disk): string[] {
  if (disk.commits[0]?.tree.has('notes.txt') === true) return []; // tidy: nothing is under way
  const taken = disk.commits
    .slice(1)
    .flatMap(({ subject, paths }) =>
      paths.filter((path) => OF_THE_USER.has(path)).map((path) => `"${subject}" took ${path} of the user`),
    );
  return isUntouched(disk, 'notes.txt') ? taken : [...taken, 'notes.txt was changed'];
}

/** Every byte that an agent wrote is there, and committed or named. */
function lostWork(clean: Disk, disk: Disk, starts: readonly Started[]): string[] {
  const said = starts.flatMap((one) => one.said).join('\n');
  const work = (of: Disk) => new Map([...of.files].filter(([path]) => !path.startsWith('.autoloop/')));
  const lost = [...work(clean)]
    .filter(([path, text]) => disk.files.get(path) !== text)
    .map(([path]) => `${path} is not as it should be`);
  const extra = [...work(disk).keys()]
    .filter((path) => !clean.files.has(path))
    .map((path) => `${path} should not be there`);
  if (disk.commits.length === 1) return [...lost, ...extra];
  const open = [...dirtyPaths(disk).keys()].filter(
    (path) => !path.startsWith('.autoloop/') && !said.includes(path) && !isUntouched(disk, path),
  );
  return [...lost, ...extra, ...open.map((path) => `${path} was left uncommitted without a word`)];
}

/** As the user left it. */
function isUntouched(disk: Disk, path: string): boolean {
  return OF_THE_USER.get(path) === disk.files.get(path);
}

const ONCE: readonly EventType[] = [
  'run_started',
  'phase_scope_resolved',
  'phase_started',
  'phase_deferred',
  'phase_completed',
  'audit_clean',
  'audit_gaps_found',
  'auto_followup_scheduled',
  'auto_followup_launched',
  'auto_followup_skipped',
];

function inLog(log: readonly RunEvent[]): string[] {
  const found = log.flatMap((event, at) => (event.seq === at + 1 ? [] : [`event ${at + 1} has seq ${event.seq}`]));
  const seen = new Set<string>();
  const once = (what: string) => {
    if (seen.has(what)) found.push(`${what} is in the log twice`);
    seen.add(what);
  };
  let questions = 0;
  let folded = replay([]);
  for (const event of log) {
    const flaw = impossibility(folded, event) ?? misshapen(event);
    if (flaw !== null) found.push(`event ${event.seq} (${event.event_type}) passes for forged: ${flaw}`);
    folded = apply(folded, event);
    // An audit that cannot be read is not complete after all.
    if (event.event_type === 'audit_result_invalid') seen.delete('pair_completed audit ');
    if (ONCE.includes(event.event_type))
      once(`${event.event_type} ${'phase_id' in event ? (event.phase_id ?? '') : ''}`);
    if (event.event_type === 'pair_completed') once(`pair_completed ${event.pair} ${event.phase_id ?? ''}`);
    if (event.event_type === 'question') questions += 1;
    if (event.event_type === 'clarified') once(`answer ${event.clarification.qa_seq}`);
    if (event.event_type === 'auto_answer_finished') once(`automatic answer to question ${questions}`);
    if (event.event_type === 'turn_started') once(`turn ${event.turn}`);
    if (event.event_type === 'pair_started' && seen.has(`pair_completed ${event.pair} ${event.phase_id ?? ''}`)) {
      found.push(`${event.pair} was opened again after it was complete`);
    }
  }
  return found;
}

/** The files that mirror the log say what it says. */
function mirrors(disk: Disk, runId: string, log: readonly RunEvent[]): string[] {
  const state = replay(log);
  const store = runStore(disk, new Operations(null, new AbortController(), () => undefined), runId);
  const read = (name: string) =>
    JSON.parse(disk.files.get(`${runFolder(runId)}/${name}`) ?? 'null') as Record<string, unknown> | null;
  const found: string[] = [];
  const metadata = runMetadata(store, state);
  if (metadata !== null && !isDeepStrictEqual(read('run.json'), JSON.parse(JSON.stringify(metadata)))) {
    found.push(`run.json of ${runId} is not what the log implies`);
  }
  for (const [name, { sessionId }] of Object.entries(state.sessions)) {
    const session = read(`sessions/${name}.json`);
    if (session?.['session_id'] !== sessionId) found.push(`sessions/${name}.json has another id than the log`);
    if (state.finished?.status === 'success' && session?.['pending_clarification_note'] !== null) {
      found.push(`sessions/${name}.json still has a note`);
    }
  }
  const blocks = decisionBlocks(disk.files.get(`${runFolder(runId)}/decisions.txt`));
  for (const { question, answer, qa_seq } of state.clarifications) {
    const texts = blocks.filter(({ qa }) => qa === qa_seq).map(({ text }) => text);
    const wanted = question === null ? [answer] : [question, answer];
    if (!isDeepStrictEqual(texts, wanted)) found.push(`decisions.txt has ${JSON.stringify(texts)} of answer ${qa_seq}`);
    const raw = disk.files.get(`${runFolder(runId)}/raw_phase_log.md`) ?? '';
    if (!raw.includes(answer)) found.push(`raw_phase_log.md lacks answer ${qa_seq}`);
  }
  const states = blocks.filter(({ text, entry }) => text === '' && entry === undefined);
  return states.length > 0 ? [...found, 'decisions.txt has an empty block'] : found;
}

/** Each answer was handed to exactly one turn that came to its end, or waits for one; tries of the same turn are one. */
function notes(disk: Disk, runId: string, log: readonly RunEvent[]): string[] {
  const turns = log.filter(isOf('phase_finished')).filter(({ outcome }) => outcome?.kind !== 'empty');
  const ended = new Set(turns.map((turn) => keyOf({ ...turn, role: turn.phase, phase: keyOfPhase(turn.phase_id) })));
  const { clarifications, notes: waiting } = replay(log);
  const answers = clarifications.map(({ answer }) => answer);
  return [...new Set(answers)].flatMap((answer) => {
    const told = disk.calls.filter((call) => call.runId === runId && call.note?.includes(answer) === true).map(keyOf);
    const reached =
      new Set(told.filter((key) => ended.has(key))).size + waiting.filter((note) => note.includes(answer)).length;
    const given = answers.filter((one) => one === answer).length;
    return reached === given ? [] : [`an answer that was given ${given} times reached ${reached} turns: ${answer}`];
  });
}

function keyOf({ pair, phase, role, cycle, attempt }: Omit<Call, 'runId' | 'note' | 'session'>): string {
  return [pair, phase, role, cycle, attempt].join();
}

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Generations of state, by the releases that wrote it (src/store/legacy/generation.ts); G7 looks like G6. */
export type Layout = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G8';

export interface OldTree {
  readonly root: 'autoloop' | 'superloop';
  readonly taskId: string;
  /** A run that came to its end, before the other. */
  readonly finished: string;
  /** The latest run, killed in the second cycle of an implement pair. */
  readonly killed: string;
  /** Absolute. */
  readonly folder: string;
}

export const OLD_TASK = 'old-task';
export const FINISHED = 'run-20260105T091500Z-00c0ffee';
export const KILLED = 'run-20260106T101500Z-5eed5eed';
export const OLD_REQUEST = 'Make the parser accept comments.';

/** Writes a small task as that generation left it into `workspace`: absolute paths of another machine, two runs, one of them killed. */
export function writeOldTree(workspace: string, layout: Layout): OldTree {
  const level = Number(layout.slice(1));
  const root = level < 6 ? 'superloop' : 'autoloop';
  const folder = path.join(workspace, `.${root}`, 'tasks', OLD_TASK);
  const tree: Tree = { level, root, put: (name, text) => put(path.join(folder, name), text) };
  writeTask(tree);
  if (level < 8) writeSharedArtifacts(tree);
  for (const runId of [FINISHED, KILLED]) writeRun(tree, runId);
  return { root, taskId: OLD_TASK, finished: FINISHED, killed: KILLED, folder };
}

/** State of the first release: no tasks, no runs. */
export function writeFlatState(workspace: string): void {
  const put = (name: string, text: string) => putIn(path.join(workspace, '.superloop'), name, text);
  put('context.md', `# Product Context\n\n${OLD_REQUEST}\n`);
  put('run_log.md', '# Superloop Run Log\n');
  put('raw_phase_log.md', '# Superloop Raw Phase Log\n');
  for (const pair of ['plan', 'implement', 'test']) put(`${pair}/criteria.md`, '- [ ] **Done**: it is done.\n');
}

/** Content, size, mode and time of change of everything below `folder`, by path. */
export function fingerprint(folder: string): Record<string, string> {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(folder, name);
      const { mtimeMs, mode } = lstatSync(file);
      const content = lstatSync(file).isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
      return [name, `${content} ${mode} ${mtimeMs}`];
    }),
  );
}

interface Tree {
  readonly level: number;
  readonly root: 'autoloop' | 'superloop';
  readonly put: (name: string, text: string) => void;
}

const ELSEWHERE = '/home/somebody/project';

function writeTask({ level, root, put }: Tree): void {
  const task = { task_id: OLD_TASK, created_at: '2026-01-05T09:14:59.366635+00:00', team: 'parsers' };
  const request = { request_text: OLD_REQUEST, request_updated_at: '2026-01-05T09:14:59.366700+00:00' };
  const phases = {
    phase_plan_path: `${ELSEWHERE}/.${root}/tasks/${OLD_TASK}/plan/phase_plan.yaml`,
    phase_plan_version: 1,
    active_phase_selection: { run_id: KILLED, mode: 'single', phase_ids: ['model', 'api'], explicit: true },
    phase_status: { model: 'completed', api: 'in_progress' },
    phase_history: [
      { phase_id: 'model', run_id: KILLED, status: 'in_progress', ts: '2026-01-06T10:20:00.000001+00:00' },
    ],
  };
  put('task.json', json({ ...task, ...(level > 1 ? request : {}), ...(level > 2 && level < 8 ? phases : {}) }));
  put('raw_phase_log.md', '# Superloop Raw Phase Log\n');
  if (level === 1) {
    const answers = '### Clarification 1\n\nQuestion:\nWhich kind?\n\nAnswer:\nBoth kinds.\n';
    put('context.md', `# Product Context\n\n${OLD_REQUEST}\n\n${answers}`);
  }
  if (level < 6) put('run_log.md', '# Superloop Run Log\n');
  if (level > 4) put('decisions.txt', level === 8 ? '' : decisions(root));
}

function writeSharedArtifacts({ level, root, put }: Tree): void {
  put('plan/plan.md', 'The plan of old.\n');
  put('plan/feedback.md', '# Feedback\n\nPLAN-001 resolved.\n');
  put('plan/criteria.md', '- [x] **Covered**: everything is.\n');
  put('plan/prompt.md', 'Instructions of old.\n');
  if (level > 2) put('plan/phase_plan.yaml', phasePlan(root));
  const places = level < 4 ? [''] : ['phases/model/', 'phases/api/'];
  for (const place of places) {
    put(`implement/${place}implementation_notes.md`, `Notes on ${place || 'all phases'}.\n`);
    put(`implement/${place}feedback.md`, 'IMP-001 is open.\n');
    put(`implement/${place}criteria.md`, '- [ ] **Correct**: it is.\n');
    put(`test/${place}test_strategy.md`, `Strategy for ${place || 'all phases'}.\n`);
  }
  put('implement/prompt.md', 'Instructions of old.\n');
}

function writeRun({ level, root, put }: Tree, runId: string): void {
  const inRun = (name: string, text: string) => put(`runs/${runId}/${name}`, text);
  const bodies = runId === FINISHED ? finishedRun() : killedRun(level);
  inRun('events.jsonl', log(runId, [['run_started', opened(level, root)], ...bodies]));
  inRun(
    'raw_phase_log.md',
    `# Superloop Raw Phase Log (${runId})\n\n\n---\nrun_id=${runId} | pair=plan\n---\nSaid of old.\n`,
  );
  if (level > 1) inRun('request.md', `${OLD_REQUEST}\n`);
  if (level === 2 || level === 3) inRun('session.json', json(session(level, `thread-${runId}`)));
  if (level > 3) {
    inRun('sessions/plan.json', json(session(level, `thread-${runId}`)));
    if (runId === KILLED) inRun('sessions/phases/api.json', json(session(level, 'thread-api')));
  }
  if (level === 8) writeRunArtifacts(inRun, runId);
}

function writeRunArtifacts(inRun: Tree['put'], runId: string): void {
  const folder = `${ELSEWHERE}/.autoloop/tasks/${OLD_TASK}/runs/${runId}`;
  const created_at = '2026-01-06T10:15:00.000001+00:00';
  const facts = { request_file: `${folder}/request.md`, artifacts_dir: `${folder}/artifacts`, provider: 'codex' };
  inRun('run.json', json({ run_id: runId, created_at, ...facts }));
  inRun('decisions.txt', decisions('autoloop'));
  inRun('artifacts/plan/plan.md', 'The plan of old.\n');
  inRun('artifacts/plan/phase_plan.yaml', phasePlan('autoloop'));
}

type Body = readonly [type: string, fields: object];

function opened(level: number, root: string): object {
  const facts = { workspace: ELSEWHERE, pairs: ['plan', 'implement', 'test'], max_iterations: 15, use_git: false };
  const place = { task_id: OLD_TASK, task_root: `.${root}/tasks/${OLD_TASK}` };
  return { ...facts, ...place, ...(level === 8 ? { parent_run_id: null, followup_depth: 0 } : {}) };
}

function finishedRun(): Body[] {
  return [
    ['pair_started', { pair: 'plan' }],
    ['run_finished', { status: 'fatal_error', exit_code: 1 }],
  ];
}

/** The first releases named no phase; since G3 the phase `model` is done and `api` begun. */
function killedRun(level: number): Body[] {
  if (level < 3) return [...pair('plan'), ...begun('implement')];
  const phase = { phase_mode: 'single' };
  return [
    ...pair('plan', null),
    ['phase_scope_resolved', { ...phase, phase_ids: ['model', 'api'], explicit: true, current_phase_index: 0 }],
    ['phase_started', { ...phase, phase_id: 'model' }],
    ...pair('implement', 'model'),
    [
      'phase_deferred',
      { ...phase, pair: 'implement', phase_id: 'model', reason: 'awaiting enabled test pair completion' },
    ],
    ...pair('test', 'model'),
    ['phase_completed', { ...phase, pair: 'test', phase_id: 'model' }],
    ['phase_started', { ...phase, phase_id: 'api' }],
    ...begun('implement', 'api'),
  ];
}

function pair(name: string, phaseId?: string | null): Body[] {
  const facts = { pair: name, ...(phaseId === undefined ? {} : { phase_id: phaseId }) };
  return [['pair_started', facts], ...cycle(facts, 1), ['pair_completed', { ...facts, cycle: 1, attempt: 1 }]];
}

function begun(name: string, phaseId?: string): Body[] {
  const facts = { pair: name, ...(phaseId === undefined ? {} : { phase_id: phaseId }) };
  return [['pair_started', facts], ...cycle(facts, 1), ...cycle(facts, 2).slice(0, 2)];
}

function cycle(facts: object, number: number): Body[] {
  const at = { ...facts, cycle: number, attempt: 1 };
  return [
    ['cycle_started', at],
    ['phase_finished', { ...at, phase: 'producer', empty_output: false }],
    ['phase_finished', { ...at, phase: 'verifier', empty_output: false }],
  ];
}

function log(runId: string, bodies: readonly Body[]): string {
  return bodies
    .map(([event_type, fields], index) => {
      const ts = `2026-01-06T10:15:${String(index).padStart(2, '0')}.123456+00:00`;
      return `${JSON.stringify({ ts, run_id: runId, seq: index + 1, event_type, ...fields })}\n`;
    })
    .join('');
}

function session(level: number, thread: string): object {
  const times = { created_at: '2026-01-06T10:15:00.100000+00:00', last_used_at: '2026-01-06T10:16:00.200000+00:00' };
  const old = { mode: 'persistent', thread_id: thread, pending_clarification_note: null, ...times };
  if (level < 6) return old;
  return {
    ...old,
    provider: 'codex',
    session_id: thread,
    provider_metadata: {},
    model_override: null,
    effort_override: null,
  };
}

function phasePlan(root: string): string {
  const phase = (id: string) =>
    `  - phase_id: ${id}\n    title: The ${id}\n    objective: \`${id}\` works\n    status: planned\n    in_scope: [it]\n` +
    `    future_phase_deferments: []\n    deliverables: [code]\n`;
  return `version: 1\ntask_id: ${OLD_TASK}\nrequest_snapshot_ref: .${root}/request.md\nphases:\n${phase('model')}${phase('api')}`;
}

function decisions(root: string): string {
  const place = `owner="planner" phase_id="task-global" pair="plan" turn_seq="1" run_id="${KILLED}"`;
  return `<${root}-decisions-header version="1" block_seq="1" ${place} ts="2026-01-06T10:15:00.000000+00:00" />\nKeep it small.\n`;
}

function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function putIn(folder: string, name: string, text: string): void {
  put(path.join(folder, name), text);
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

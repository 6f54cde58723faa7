import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEventsOnly } from '../../../src/store/log/event-log.ts';
import { importTask } from '../../../src/store/legacy/import.ts';
import { listTaskIds } from '../../../src/store/tasks/listing.ts';
import { findRun } from '../../../src/store/tasks/lookup.ts';
import { openRunStore } from '../../../src/store/run/open.ts';
import { FINISHED, KILLED, OLD_REQUEST, OLD_TASK, fingerprint, writeOldTree } from '../../support/legacy-trees.ts';
import type { Layout } from '../../support/legacy-trees.ts';
import { positionOf } from '../../support/resumed.ts';
import { NOW, TS, temporaryFolder } from '../store/rig.ts';

const SUPERLOOP = ['G1', 'G2', 'G3', 'G4', 'G5'] as const satisfies readonly Layout[];

/** A workspace with a task of that generation, imported for its killed run. */
function imported(layout: Layout, prepare: (folder: string) => void) {
  return importIn(temporaryFolder(), layout, prepare);
}

async function importIn(workspace: string, layout: Layout, prepare: (folder: string) => void = untouched) {
  const { folder } = writeOldTree(workspace, layout);
  prepare(folder);
  const before = fingerprint(path.join(workspace, '.superloop'));
  const found = await findRun({ workspace, taskId: null, runId: KILLED });
  const report = await importTask(workspace, found, NOW);
  return { ...inWorkspace(workspace), old: folder, before, found, report };
}

const untouched = () => undefined;

function inWorkspace(workspace: string) {
  const task = path.join(workspace, '.autoloop', 'tasks', OLD_TASK);
  const inTask = (name: string) => readFileSync(path.join(task, name), 'utf8');
  return {
    workspace,
    task,
    inTask,
    inRun: (name: string) => inTask(`runs/${KILLED}/${name}`),
    json: (name: string) => JSON.parse(inTask(name)) as Record<string, unknown>,
    hasRun: (name: string) => existsSync(path.join(task, 'runs', KILLED, name)),
  };
}

const RUN_SCOPED = ['phase_plan_path', 'phase_plan_version', 'active_phase_selection', 'phase_status', 'phase_history'];

describe.each(SUPERLOOP)('a task of generation %s', (layout) => {
  let outcome: Awaited<ReturnType<typeof importIn>>;
  beforeAll(async () => {
    outcome = await importIn(mkdtempSync(path.join(tmpdir(), 'autoloop-legacy-')), layout);
  });
  afterAll(() => rmSync(outcome.workspace, { recursive: true, force: true }));

  it('I9: is imported without a byte, a time or a permission of the old state changing', () => {
    const { workspace, before } = outcome;
    expect(fingerprint(path.join(workspace, '.superloop'))).toEqual(before);
  });

  it('is afterwards found in .autoloop, with every run', async () => {
    const { workspace, task } = outcome;
    expect(listTaskIds(workspace)).toEqual([OLD_TASK]);
    expect(await findRun({ workspace, taskId: null, runId: null })).toMatchObject({ root: 'autoloop', runId: KILLED });
    expect(readdirSync(path.join(task, 'runs')).sort()).toEqual([FINISHED, KILLED]);
  });

  it('goes on where the run stood, from the log as it was', async () => {
    const { inRun, old, task } = outcome;
    expect(inRun('events.jsonl')).toBe(readFileSync(path.join(old, 'runs', KILLED, 'events.jsonl'), 'utf8'));
    const position = positionOf(await readEventsOnly(path.join(task, 'runs', KILLED, 'events.jsonl')));
    const scope = layout === 'G1' || layout === 'G2' ? 'implement:implicit-phase' : 'implement:api';
    expect(position.resumes).toBe(`cycle 2 of ${scope}, attempt 2`);
  });

  it('has a task.json of today, with keys that nobody knows', () => {
    const { json } = outcome;
    const task = json('task.json');
    expect(task).toMatchObject({ task_id: OLD_TASK, request_text: OLD_REQUEST, team: 'parsers' });
    expect(task.created_at).toBe('2026-01-05T09:14:59.366635+00:00');
    expect(Object.keys(task).filter((key) => RUN_SCOPED.includes(key))).toEqual([]);
  });

  it('has a run.json of today, with paths in this workspace', () => {
    const { json } = outcome;
    const folder = `.autoloop/tasks/${OLD_TASK}/runs/${KILLED}`;
    expect(json(`runs/${KILLED}/run.json`)).toMatchObject({
      run_id: KILLED,
      created_at: '2026-01-06T10:15:00.123456+00:00',
      request_file: `${folder}/request.md`,
      artifacts_dir: `${folder}/artifacts`,
      provider: 'codex',
    });
  });

  it("carries the conversation, and the task's plan and feedback", () => {
    const { inRun, json, hasRun, report } = outcome;
    const { thread_id: thread } = json(`runs/${KILLED}/sessions/plan.json`);
    expect(thread).toBe(layout === 'G1' ? null : `thread-${KILLED}`);
    expect(inRun('artifacts/plan/plan.md')).toBe('The plan of old.\n');
    expect(inRun('artifacts/plan/feedback.md')).toContain('PLAN-001');
    expect(hasRun('artifacts/plan/prompt.md')).toBe(false);
    const phase = layout === 'G1' || layout === 'G2' ? 'implicit-phase' : 'api';
    expect(inRun(`artifacts/implement/phases/${phase}/feedback.md`)).toContain('IMP-001');
    expect(inRun(`artifacts/test/phases/${phase}/test_strategy.md`)).toContain('Strategy');
    expect(report.lines.join('\n')).toContain(`implement of ${phase}`);
  });

  it('can be opened as one of our own without a warning', async () => {
    const { workspace } = outcome;
    const { store, warnings } = await openRunStore({
      workspace,
      taskId: OLD_TASK,
      runId: KILLED,
      create: null,
      now: () => NOW,
      warn: () => undefined,
    });
    expect(warnings).toEqual([]);
    expect(store.request).toContain(OLD_REQUEST);
    expect((await store.artifacts.readPhasePlan()).errors).toEqual([]);
  });

  it('says in imported.json what was taken from where', () => {
    const { json, report } = outcome;
    const [entry, ...others] = json('imported.json').imports as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(report.generation).toBe(layout);
    const source = `.superloop/tasks/${OLD_TASK}`;
    expect(entry).toMatchObject({ source, generation: layout, run_id: KILLED, imported_at: TS, left_out: [] });
    const files = entry?.files as { path: string; sha256: string }[];
    expect(files.map((file) => file.path)).toContain(`runs/${KILLED}/events.jsonl`);
    expect(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
    expect(report.lines[0]).toContain(source);
  });
});

describe('the request of an imported run', () => {
  it('is what context.md holds before the clarifications, with a note; those go to the ledgers', async () => {
    const { inRun, inTask } = await imported('G1', untouched);
    const request = inRun('request.md');
    expect(request.startsWith(`${OLD_REQUEST}\n`)).toBe(true);
    expect(request).toContain("Reconstructed from the task's context.md");
    expect(request).not.toMatch(/Product Context|Both kinds/);
    for (const ledger of [inRun('raw_phase_log.md'), inTask('raw_phase_log.md')]) {
      expect(ledger).toMatch(/entry=request_recovery\n---\nrequest.md was missing; it was reconstructed/);
      expect(ledger).toContain('Both kinds.');
    }
    expect(inRun('raw_phase_log.md')).toContain('Said of old.');
  });

  it('is a placeholder where nobody wrote one', async () => {
    const { inRun, json } = await imported('G1', (folder) => rmSync(path.join(folder, 'context.md')));
    expect(inRun('request.md')).toMatch(/^No explicit request was given/);
    expect(inRun('raw_phase_log.md')).toContain('entry=request_recovery');
    expect(json('task.json').request_text).toBeNull();
  });

  it("is the task's where only task.json has it", async () => {
    const { inRun } = await imported('G2', (folder) => rmSync(path.join(folder, 'runs', KILLED, 'request.md')));
    expect(inRun('request.md')).toMatch(new RegExp(`^${OLD_REQUEST}\\n\\n\\(Reconstructed from task.json`));
  });

  it('stays as it is where the run has one', async () => {
    const { inRun } = await imported('G4', untouched);
    expect(inRun('request.md')).toBe(`${OLD_REQUEST}\n`);
    expect(inRun('raw_phase_log.md')).not.toContain('request_recovery');
  });
});

describe('what phases shared', () => {
  it('goes, where they shared one folder, to the phase at which the run stands', async () => {
    const { hasRun } = await imported('G3', untouched);
    expect(hasRun('artifacts/implement/phases/api/implementation_notes.md')).toBe(true);
    expect(hasRun('artifacts/implement/phases/model')).toBe(false);
  });

  it('goes, where each had a folder, to the same phase', async () => {
    const { inRun } = await imported('G4', untouched);
    expect(inRun('artifacts/implement/phases/model/implementation_notes.md')).toContain('phases/model');
    expect(inRun('artifacts/implement/phases/api/implementation_notes.md')).toContain('phases/api');
    expect(inRun('sessions/phases/api.json')).toContain('thread-api');
  });

  it('keeps the decisions of the task, whose old headers are read', async () => {
    const { inRun } = await imported('G5', untouched);
    expect(inRun('decisions.txt')).toMatch(/^<superloop-decisions-header .*\nKeep it small.\n$/);
  });

  it('tells run.json of phases only when they were the phases of this run', async () => {
    const { json, workspace } = await imported('G5', untouched);
    expect(json(`runs/${KILLED}/run.json`)).toMatchObject({
      phase_plan_path: `.autoloop/tasks/${OLD_TASK}/runs/${KILLED}/artifacts/plan/phase_plan.yaml`,
      phase_status: { model: 'completed', api: 'in_progress' },
      active_phase_selection: { run_id: KILLED },
    });
    rmSync(path.join(workspace, '.autoloop'), { recursive: true });
    await importTask(workspace, await findRun({ workspace, taskId: null, runId: FINISHED }), NOW);
    expect(json(`runs/${FINISHED}/run.json`)).not.toHaveProperty('phase_status');
  });
});

describe('an import', () => {
  it('that a crash cut short leaves no task, and the next one clears up', async () => {
    const workspace = temporaryFolder();
    writeOldTree(workspace, 'G4');
    const draft = path.join(workspace, '.autoloop/tasks/.import-0badcafe.tmp', OLD_TASK);
    mkdirSync(draft, { recursive: true });
    writeFileSync(path.join(draft, 'task.json'), '{');
    const found = await findRun({ workspace, taskId: null, runId: null });
    expect(found.root).toBe('superloop');
    await importTask(workspace, found, NOW);
    expect(readdirSync(path.join(workspace, '.autoloop/tasks'))).toEqual([OLD_TASK]);
  });

  it('into a task that exists adds the run and leaves the rest alone', async () => {
    const { workspace, task, inTask, json, old } = await imported('G4', untouched);
    const added = 'run-20260107T000000Z-0ddba115';
    renameSync(path.join(old, 'runs', FINISHED), path.join(old, 'runs', added));
    const metadata = inTask('task.json');
    const found = await findRun({ workspace, taskId: null, runId: added });
    expect(found.root).toBe('superloop');
    await importTask(workspace, found, NOW);
    expect(inTask('task.json')).toBe(metadata);
    expect(readdirSync(path.join(task, 'runs')).sort()).toEqual([FINISHED, KILLED, added]);
    expect(inTask(`runs/${added}/artifacts/plan/plan.md`)).toBe('The plan of old.\n');
    expect((json('imported.json').imports as { run_id: string }[]).map((entry) => entry.run_id)).toEqual([
      KILLED,
      added,
    ]);
    expect(readdirSync(path.join(workspace, '.autoloop/tasks'))).toEqual([OLD_TASK]);
  });

  it('follows no link out of the task, and names those that it leaves out', async () => {
    const secret = path.join(temporaryFolder(), 'secret');
    writeFileSync(secret, 'secret');
    const { report, task } = await imported('G3', (folder) => {
      symlinkSync(secret, path.join(folder, 'plan', 'stolen.md'));
      symlinkSync(path.dirname(secret), path.join(folder, 'elsewhere'));
    });
    expect(report.lines.join('\n')).toContain(
      'left out, because they are links or no files: elsewhere, plan/stolen.md',
    );
    expect(existsSync(path.join(task, 'plan', 'stolen.md'))).toBe(false);
    expect(existsSync(path.join(task, 'elsewhere'))).toBe(false);
  });

  it('rebuilds a task.json that cannot be read, and says so', async () => {
    const { json, report } = await imported('G2', (folder) => writeFileSync(path.join(folder, 'task.json'), '{"task_'));
    expect(json('task.json')).toMatchObject({ task_id: OLD_TASK, request_text: OLD_REQUEST });
    expect(report.lines.join('\n')).toContain('task.json was missing or broken');
  });

  it('takes a run that has only sessions, and leaves its provider to the configuration', async () => {
    const { inRun, hasRun } = await imported('G4', (folder) => {
      for (const name of ['events.jsonl', 'request.md', 'raw_phase_log.md'])
        rmSync(path.join(folder, 'runs', KILLED, name));
    });
    expect(inRun('sessions/plan.json')).toContain(`thread-${KILLED}`);
    expect(inRun('request.md')).toContain(OLD_REQUEST);
    expect(inRun('artifacts/plan/phase_plan.yaml')).toContain('phase_id: api');
    expect(hasRun('artifacts/plan/criteria.md')).toBe(false);
    expect(hasRun('run.json')).toBe(false);
  });

  it('takes an empty run folder', async () => {
    const { inRun } = await imported('G2', (folder) => {
      rmSync(path.join(folder, 'runs', KILLED), { recursive: true });
      mkdirSync(path.join(folder, 'runs', KILLED));
    });
    expect(inRun('request.md')).toContain(OLD_REQUEST);
  });

  it('takes a log with a torn last line as it is', async () => {
    const { inRun } = await imported('G3', (folder) =>
      appendFileSync(path.join(folder, 'runs', KILLED, 'events.jsonl'), '{"ts": "2'),
    );
    expect(inRun('events.jsonl').endsWith('{"ts": "2')).toBe(true);
  });
});

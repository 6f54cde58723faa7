import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTask } from '../../../src/store/tasks/task.ts';
import type { TaskRequest } from '../../../src/store/tasks/task.ts';
import { NOW, TS, workspace } from './rig.ts';

function bench() {
  const { disk, task, folder } = workspace();
  return {
    task,
    folder,
    open: (asked: Partial<TaskRequest> = {}) =>
      openTask(disk, task, { intent: null, mode: 'preserve', now: NOW, ...asked }),
    metadata: () => JSON.parse(readFileSync(task.metadata, 'utf8')) as unknown,
    addRun: (runId: string, request: string, first: object | null) => {
      mkdirSync(path.join(task.runs, runId), { recursive: true });
      writeFileSync(path.join(task.runs, runId, 'request.md'), `${request}\n`);
      writeFileSync(path.join(task.runs, runId, 'events.jsonl'), first === null ? '' : `${JSON.stringify(first)}\n`);
    },
  };
}

describe('a new task', () => {
  it('is created with its ledgers', async () => {
    const { open, task } = bench();
    const { task: record, created, warnings } = await open({ intent: '  Build the thing \n' });
    expect({ created, warnings }).toEqual({ created: true, warnings: [] });
    expect(record).toEqual({
      task_id: 'demo',
      created_at: TS,
      request_text: 'Build the thing',
      request_updated_at: TS,
    });
    expect(readFileSync(task.metadata, 'utf8')).toBe(`${JSON.stringify(record, null, 2)}\n`);
    expect(readFileSync(task.rawLog, 'utf8')).toBe('# Autoloop Raw Phase Log\n');
    expect(readFileSync(task.decisions, 'utf8')).toBe('');
    expect(readdirSync(task.folder).sort()).toEqual(['decisions.txt', 'raw_phase_log.md', 'task.json']);
  });

  it('has no request when the intent is blank', async () => {
    expect((await bench().open({ intent: ' \n' })).task.request_text).toBeNull();
  });
});

describe("an existing task's request", () => {
  it.each([
    ['replace', 'second', 'second', false],
    ['append', 'second', `first\n\n## Run Intent (${TS})\nsecond`, false],
    ['preserve', 'second', 'first', true],
    ['preserve', ' first ', 'first', false],
    ['replace', ' ', 'first', false],
  ] as const)('with mode %s and intent %j becomes %j', async (mode, intent, request_text, intentUnused) => {
    const { open } = bench();
    await open({ intent: 'first', now: new Date(0) });
    const opened = await open({ intent, mode });
    expect(opened).toMatchObject({ created: false, intentUnused, task: { request_text } });
    expect(opened.task.request_updated_at === TS).toBe(request_text !== 'first');
  });

  it('is not appended to twice by a start that is given again, but is once a run has worked on it', async () => {
    const { open, addRun } = bench();
    await open({ intent: 'first' });
    const opened = await open({ intent: 'first', mode: 'append' });
    expect(opened.task.request_text).toBe('first');
    await open({ intent: 'second', mode: 'append' });
    const again = await open({ intent: 'second', mode: 'append' });
    const both = `first\n\n## Run Intent (${TS})\nsecond`;
    expect(again.task.request_text).toBe(both);
    addRun('run-20261001T000000Z-00000001', both, null);
    const anew = await open({ intent: 'second', mode: 'append' });
    expect(anew.task.request_text).toBe(`${both}\n\n## Run Intent (${TS})\nsecond`);
  });

  it.each(['replace', 'append', 'preserve'] as const)(
    'is the intent with mode %s when there was none',
    async (mode) => {
      const { open } = bench();
      await open();
      expect((await open({ intent: 'x', mode })).task.request_text).toBe('x');
    },
  );
});

describe('task.json', () => {
  it('keeps unknown keys, and loses those of older releases that belong to a run', async () => {
    const { open, task, metadata } = bench();
    mkdirSync(task.folder, { recursive: true });
    const old = { task_id: 'demo', created_at: 'c', request_text: 'r', request_updated_at: null, theirs: 1 };
    writeFileSync(
      task.metadata,
      JSON.stringify({ ...old, phase_status: {}, phase_history: [], phase_plan_version: 1 }),
    );
    await open();
    expect(metadata()).toEqual(old);
  });

  it('is rebuilt from the runs when it is unreadable, and the bad file is kept', async () => {
    const { open, task, addRun } = bench();
    addRun('run-20261001T000000Z-00000001', 'first', { ts: '2026-10-01T00:00:01Z', seq: 1, event_type: 'run_started' });
    addRun('run-20261002T000000Z-00000002', 'newest', { ts: 'x', event_type: 'run_started', parent_run_id: null });
    addRun('run-20261003T000000Z-00000003', 'revised', { event_type: 'run_started', parent_run_id: 'run-2' });
    writeFileSync(task.metadata, '{"task_id": "de');
    const { task: record, created, warnings } = await open();
    expect(created).toBe(false);
    expect(record).toEqual({
      task_id: 'demo',
      created_at: '2026-10-01T00:00:01Z',
      request_text: 'newest',
      request_updated_at: null,
    });
    expect(warnings).toEqual([
      expect.stringMatching(/task\.json is not a JSON object; it was kept as task\.json\.corrupt-/),
      expect.stringMatching(/task\.json was rebuilt from the task's runs/),
    ]);
    expect((await open()).warnings).toEqual([]);
  });

  it('is rebuilt from the later of two runs that began in the same second', async () => {
    const { open, task, addRun } = bench();
    const began = (ms: string) => ({
      ts: `2026-10-01T00:00:00.${ms}Z`,
      event_type: 'run_started',
      parent_run_id: null,
    });
    addRun('run-20261001T000000Z-dddddddd', 'first', began('010'));
    addRun('run-20261001T000000Z-44444444', 'second', began('870'));
    rmSync(task.metadata, { force: true });
    expect((await open()).task).toMatchObject({ created_at: '2026-10-01T00:00:00.010Z', request_text: 'second' });
  });

  it('is rebuilt from a run id when the log is unreadable, and a placeholder is no request', async () => {
    const { open, task, addRun } = bench();
    addRun(
      'run-20261001T000000Z-00000001',
      'No explicit request was given for this run. The artifacts in this repository and explicit clarifications stand in for it.',
      null,
    );
    writeFileSync(path.join(task.runs, 'run-20261001T000000Z-00000001', 'events.jsonl'), 'garbage');
    expect((await open()).task).toMatchObject({ created_at: '2026-10-01T00:00:00.000000+00:00', request_text: null });
  });
});

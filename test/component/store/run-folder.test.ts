import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileOperations } from '../../../src/files/operations.ts';
import { created, failing, openStore, RUN, TS, UNSYNCED, workspace } from './rig.ts';

const CREATED = [
  'decisions.txt',
  'events.jsonl',
  'raw_phase_log.md',
  'request.md',
  'run.json',
  'sessions',
  'sessions/plan.json',
];

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** Fails at the n-th operation and ever after, like a process that was killed there. */
function killedAt(n: number): FileOperations {
  let count = 0;
  return failing('EIO', () => ++count >= n);
}

describe('a new run', () => {
  it('has the files that every run begins with', async () => {
    const { folder, run, state } = workspace();
    await openStore(folder);
    expect(filesOf(run.run)).toEqual(CREATED);
    expect(readFileSync(run.request, 'utf8')).toBe('Build the thing\n');
    expect(readFileSync(run.rawLog, 'utf8')).toBe(`# Autoloop Raw Phase Log (${RUN})\n`);
    expect(JSON.parse(readFileSync(run.metadata, 'utf8'))).toEqual({
      run_id: RUN,
      created_at: TS,
      request_file: `.autoloop/tasks/demo/runs/${RUN}/request.md`,
      artifacts_dir: `.autoloop/tasks/demo/runs/${RUN}/artifacts`,
      provider: 'codex',
    });
    expect(readFileSync(state.gitignore, 'utf8').split('\n')).toEqual(
      expect.arrayContaining([
        '.gitignore',
        'lock',
        '*.tmp',
        'turns/',
        'diagnostics.log',
        '*.torn-*',
        '*.corrupt-*',
        '*.processes',
      ]),
    );
  });

  it('without a request says in request.md what stands in for one', async () => {
    const { folder, run } = workspace();
    const { store } = await openStore(folder, { create: created({ request: ' \n' }) });
    expect(store.request).toMatch(/^No explicit request was given/);
    expect(readFileSync(run.request, 'utf8')).toBe(store.request);
  });

  it('never rewrites what exists, request.md least of all', async () => {
    const { folder, run } = workspace();
    await openStore(folder);
    const { store } = await openStore(folder, { create: created({ request: 'another' }) });
    expect(store.request).toBe('Build the thing\n');
    expect(readFileSync(run.request, 'utf8')).toBe('Build the thing\n');
  });

  it('can be gone on with wherever its creation was cut off', async () => {
    let n = 0;
    for (let done = false; !done;) {
      n += 1;
      const { folder, run } = workspace();
      done = await openStore(folder, { ops: killedAt(n) }).then(
        () => true,
        () => false,
      );
      expect(existsSync(run.run) ? existsSync(run.request) : true, `operation ${n}`).toBe(true);
      if (existsSync(run.run)) {
        const resumed = await openStore(folder, { create: null, ops: UNSYNCED });
        expect(resumed.store.request).toBe('Build the thing\n');
        expect((await resumed.store.append({ event_type: 'noticed', kind: 'k', detail: 'd' })).seq).toBe(1);
      } else {
        await openStore(folder);
        expect(filesOf(run.run)).toEqual(CREATED);
      }
    }
    expect(n).toBeGreaterThan(10);
  });

  it('removes drafts that a crash left, and nothing else', async () => {
    const { folder, task } = workspace();
    mkdirSync(path.join(task.runs, `${RUN}.deadbeef.tmp`), { recursive: true });
    mkdirSync(path.join(task.runs, 'somebody.tmp'));
    await openStore(folder);
    expect(readdirSync(task.runs).sort()).toEqual([RUN, 'somebody.tmp']);
  });

  it('removes what a kill left of files beside the tasks, and not the draft of a process that lives', async () => {
    const { folder, state } = workspace();
    mkdirSync(state.folder);
    const dead = spawnSync('true').pid;
    for (const pid of [dead, process.pid, process.ppid]) writeFileSync(`${state.folder}/lock.${pid}-0badcafe.tmp`, '');
    writeFileSync(`${state.folder}/.gitignore.${dead}-0badcafe.tmp`, '');
    writeFileSync(`${state.folder}/other.tmp`, '');
    await openStore(folder);
    const left = readdirSync(state.folder).filter((name) => name.endsWith('.tmp'));
    expect(left.sort()).toEqual([`lock.${process.ppid}-0badcafe.tmp`, 'other.tmp']);
  });

  it('keeps the lines that somebody added to .autoloop/.gitignore', async () => {
    const { folder, state } = workspace();
    mkdirSync(state.folder);
    writeFileSync(state.gitignore, 'mine\nlock');
    await openStore(folder);
    expect(readFileSync(state.gitignore, 'utf8')).toMatch(/^mine\nlock\n\.gitignore\n\*\.tmp\n/);
  });
});

describe('a run that is opened again', () => {
  it('gets run.json rebuilt from its log wherever it was cut off, and keeps the bad file', async () => {
    const { folder, run, task } = workspace();
    const { store } = await openStore(folder);
    await store.append({ event_type: 'noticed', kind: 'k', detail: 'd' });
    writeFileSync(task.metadata, '{"task_id": "demo"}');
    const whole = readFileSync(run.metadata);
    for (let at = 0; at < whole.length - 2; at += 1) {
      writeFileSync(run.metadata, whole.subarray(0, at));
      const { warnings } = await openStore(folder, { create: null, ops: UNSYNCED });
      expect(warnings).toEqual([
        expect.stringContaining('run.json is not a JSON object; it was kept as'),
        expect.stringContaining("run.json was rebuilt from the run's log"),
      ]);
      expect(JSON.parse(readFileSync(run.metadata, 'utf8'))).toEqual(JSON.parse(whole.toString()));
    }
  });

  it('gets task.json rebuilt from its runs, and keeps a bad file or what stands in its place', async () => {
    const { folder, task } = workspace();
    await openStore(folder, { create: created({ request: 'asked for' }) });
    const spoil = [() => writeFileSync(task.metadata, '{"task_id": "de'), () => mkdirSync(task.metadata)];
    for (const [nth, damage] of spoil.entries()) {
      rmSync(task.metadata, { force: true });
      damage();
      const { warnings } = await openStore(folder, { create: null });
      expect(warnings).toEqual([
        expect.stringContaining('task.json is not a JSON object; it was kept as'),
        expect.stringContaining("task.json was rebuilt from the task's runs"),
      ]);
      expect(JSON.parse(readFileSync(task.metadata, 'utf8'))).toMatchObject({ request_text: 'asked for' });
      expect(readdirSync(task.folder).filter((name) => name.startsWith('task.json.corrupt-'))).toHaveLength(nth + 1);
    }
  });

  it('gets a request.md that is gone back from its task', async () => {
    const { folder, run, task } = workspace();
    await openStore(folder);
    writeFileSync(task.metadata, JSON.stringify({ task_id: 'demo', request_text: 'from the task' }));
    rmSync(run.request);
    const { store, warnings } = await openStore(folder, { create: null });
    expect(store.request).toBe('from the task\n');
    expect(warnings).toEqual([expect.stringContaining('request.md was missing')]);
  });
});

import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../src/core/events.ts';
import type { RunMetadata } from '../../../src/run/store-port.ts';
import { newSession } from '../../../src/core/session.ts';
import { logText, openStore, RUN, TS, workspace } from './rig.ts';

const METADATA: RunMetadata = {
  run_id: RUN,
  created_at: TS,
  request_file: 'r',
  artifacts_dir: 'a',
  provider: 'claude',
  phase_status: { 'p-1': 'planned' },
};

const TURN_STARTED: EventBody = {
  event_type: 'turn_started',
  ...({ pair: 'plan', phase: 'producer', cycle: 1, attempt: 1, turn: 1, provider: 'codex' } as const),
  ...{ model: null, session_id: null, baseline: null, head: null, artifacts: '' },
};

async function opened() {
  const bench = workspace();
  return { ...bench, ...(await openStore(bench.folder)) };
}

describe("a run's store", () => {
  it('has the events of the log, and says that a torn line was moved aside', async () => {
    const { folder, run, task } = workspace();
    await openStore(folder);
    writeFileSync(task.metadata, '{"task_id": "demo"}');
    writeFileSync(run.events, `${logText(2)}{"ts`);
    const { store, warnings } = await openStore(folder, { create: null });
    expect(store.opened.seq).toBe(2);
    expect(warnings).toEqual([expect.stringContaining('was torn; its 4 bytes were moved to events.jsonl.torn-')]);
  });

  it('keeps what others put into run.json and the sessions', async () => {
    const { store, run } = await opened();
    writeFileSync(run.metadata, JSON.stringify({ theirs: 1 }));
    writeFileSync(run.session('plan'), JSON.stringify({ theirs: 2 }));
    await store.saveRunMetadata(METADATA);
    await store.saveSession('plan', { ...newSession('claude', TS), model_override: 'opus' });
    expect(JSON.parse(readFileSync(run.metadata, 'utf8'))).toEqual({ theirs: 1, ...METADATA });
    expect(JSON.parse(readFileSync(run.session('plan'), 'utf8'))).toMatchObject({ theirs: 2, model_override: 'opus' });
  });

  it('reads an unreadable session as none, keeps it and says so once', async () => {
    const { store, run, said } = await opened();
    expect(await store.readSession('audit')).toBeNull();
    writeFileSync(run.session('plan'), '{"mode": "per');
    expect(await store.readSession('plan')).toBeNull();
    expect(await store.readSession('plan')).toBeNull();
    expect(said).toEqual([
      expect.stringContaining('plan.json is not a JSON object; it was kept as plan.json.corrupt-'),
    ]);
  });

  it('puts each entry into the raw logs of the run and the task', async () => {
    const { store, run, task } = await opened();
    await store.appendRawLog({ entry: 'run_state', body: 'one' });
    await store.appendRawLog({ entry: 'run_state', body: 'two' });
    const entry = (body: string) => `\n\n---\nrun_id=${RUN} | entry=run_state\n---\n${body}\n`;
    expect(readFileSync(run.rawLog, 'utf8')).toBe(`# Autoloop Raw Phase Log (${RUN})\n${entry('one')}${entry('two')}`);
    expect(readFileSync(task.rawLog, 'utf8')).toBe(`# Autoloop Raw Phase Log\n${entry('one')}${entry('two')}`);
  });

  it('keeps documents by their content, unredacted, and gives back only what was kept', async () => {
    const { store, run } = await opened();
    const document = { paths: ['ghp_' + 'a1B2'.repeat(9)] };
    const name = await store.keep('baseline', document);
    expect(name).toMatch(/^baseline-[0-9a-f]{16}\.json$/);
    const file = path.join(run.turns, name);
    const { ino } = statSync(file);
    expect(await store.keep('baseline', document)).toBe(name);
    expect(statSync(file).ino).toBe(ino);
    expect(await store.recall(name)).toEqual(document);
    writeFileSync(file, '{"paths":[]}');
    for (const unknown of [name, 'baseline-0000000000000000.json', '../run.json'])
      expect(await store.recall(unknown)).toBeNull();
    expect(await store.keep('baseline', document)).toBe(name);
    expect(await store.recall(name)).toEqual(document);
  });

  it('names the files that the loop itself writes, as far as they exist, relative to the workspace', async () => {
    const { store } = await opened();
    await store.saveSession('phases/p-1', newSession('codex', TS));
    await store.appendRawLog({ entry: 'run_state', body: '' });
    await store.artifacts.seed({ pair: 'plan', phaseId: null }, '');
    await store.keep('edits', {});
    const run = `.autoloop/tasks/demo/runs/${RUN}`;
    const plan = ['criteria.md', 'feedback.md', 'phase_plan.yaml', 'plan.md'].map(
      (name) => `${run}/artifacts/plan/${name}`,
    );
    const all = store.bookkeeping({ pair: 'plan', phaseId: null });
    expect(all.filter((name) => !store.bookkeeping(null).includes(name)).sort()).toEqual(plan);
    expect([...store.bookkeeping(null)].sort()).toEqual(
      [
        '.autoloop/tasks/demo/raw_phase_log.md',
        ...['decisions.txt', 'events.jsonl', 'raw_phase_log.md', 'request.md', 'run.json'].map(
          (name) => `${run}/${name}`,
        ),
        `${run}/sessions/phases/p-1.json`,
        `${run}/sessions/plan.json`,
      ].sort(),
    );
  });
});

describe('healing', () => {
  it('finds nothing to do while nobody touches the state', async () => {
    const { store } = await opened();
    await store.append({ event_type: 'noticed', kind: 'k', detail: 'd' });
    await store.saveRunMetadata(METADATA);
    expect(await store.heal()).toEqual([]);
  });

  it('puts back what an agent took away or set back', async () => {
    const { store, folder, run } = await opened();
    await store.append({ event_type: 'noticed', kind: 'k', detail: 'd' });
    await store.saveRunMetadata(METADATA);
    const before = [run.events, run.metadata, run.request].map((file) => readFileSync(file, 'utf8'));
    writeFileSync(run.events, '');
    writeFileSync(run.metadata, '{}\n');
    rmSync(run.request);
    const names = ['events.jsonl', 'run.json', 'request.md'].map((name) => `.autoloop/tasks/demo/runs/${RUN}/${name}`);
    expect([...(await store.heal())].sort()).toEqual(names.sort());
    expect([run.events, run.metadata, run.request].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    rmSync(path.join(folder, '.autoloop'), { recursive: true });
    expect(await store.heal()).toHaveLength(3);
    expect((await store.append({ event_type: 'noticed', kind: 'k', detail: 'd' })).seq).toBe(2);
  });
});

describe('looking for changes without git', () => {
  it('sees files that are new, edited or gone, and artifacts; not the state or folders that tools fill', async () => {
    const { store, folder, run } = await opened();
    const past = new Date(Date.now() - 60_000);
    mkdirSync(path.join(folder, 'src'));
    writeFileSync(path.join(folder, 'src', 'old.txt'), 'old');
    mkdirSync(path.join(folder, 'node_modules'));
    for (const place of ['', 'src']) utimesSync(path.join(folder, place), past, past);
    await tick();
    mkdirSync(run.turns);
    const log = path.join(run.turns, 'turn.log');
    writeFileSync(log, '');
    await tick();
    const isChanged = () => store.changedSince(log);
    writeFileSync(path.join(folder, 'node_modules', 'x.js'), '');
    await store.appendRawLog({ entry: 'run_state', body: '' });
    await store.decisions.openBlock({ pair: 'plan', phaseId: null });
    expect(await isChanged()).toBe(false);

    writeFileSync(path.join(folder, 'src', 'old.txt'), 'new');
    expect(await isChanged()).toBe(true);
    rmSync(path.join(folder, 'src', 'old.txt'));
    expect(await isChanged()).toBe(true);
    utimesSync(path.join(folder, 'src'), past, past);
    expect(await isChanged()).toBe(false);

    await store.artifacts.seed({ pair: 'plan', phaseId: null }, '');
    expect(await isChanged()).toBe(true);
  });

  it('counts from the start of the turn when its log is missing, and everything when that is not known either', async () => {
    const { folder } = workspace();
    const { store } = await openStore(folder, { now: () => new Date() });
    const missing = path.join(folder, 'none.log');
    expect(await store.changedSince(missing)).toBe(true);
    await store.append(TURN_STARTED);
    const past = new Date(0);
    utimesSync(folder, past, past);
    expect(await store.changedSince(missing)).toBe(false);
    await tick();
    writeFileSync(path.join(folder, 'new.txt'), '');
    expect(await store.changedSince(missing)).toBe(true);
  });
});

/** The next moment that the file system's clock can tell from this one. */
async function tick(): Promise<void> {
  const file = path.join(workspace().folder, 'tick');
  writeFileSync(file, '');
  const first = statSync(file).mtimeMs;
  do {
    await new Promise(setImmediate);
    writeFileSync(file, 'x');
  } while (statSync(file).mtimeMs <= first);
}

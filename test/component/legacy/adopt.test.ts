import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEventsOnly } from '../../../src/store/log/event-log.ts';
import { adoptRun } from '../../../src/store/legacy/fill-run.ts';
import { resumeSettings } from '../../../src/work/resume-settings.ts';
import { recordedProvider } from '../../../src/store/legacy/fill-run.ts';
import { runLayout, stateFiles, taskFiles } from '../../../src/store/layout.ts';
import { findRun } from '../../../src/store/tasks/lookup.ts';
import { FINISHED, KILLED, OLD_TASK, fingerprint, writeOldTree } from '../../support/legacy-trees.ts';
import type { Layout } from '../../support/legacy-trees.ts';
import { positionOf } from '../../support/resumed.ts';
import { NOW, created, openStore, temporaryFolder } from '../store/rig.ts';

async function adopted(layout: Layout, prepare: (run: string) => void = () => undefined) {
  const workspace = temporaryFolder();
  const { folder } = writeOldTree(workspace, layout);
  const run = path.join(folder, 'runs', KILLED);
  prepare(run);
  const before = fingerprint(folder);
  const found = await findRun({ workspace, taskId: null, runId: null });
  const lines = await adoptRun(workspace, found, NOW);
  return {
    workspace,
    folder,
    before,
    found,
    lines,
    inRun: (name: string) => readFileSync(path.join(run, name), 'utf8'),
    hasRun: (name: string) => existsSync(path.join(run, name)),
    events: () => readEventsOnly(path.join(run, 'events.jsonl')),
  };
}

/** What was there before and is different now, folders aside. */
function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name] && !before[name]?.startsWith(' '));
}

describe('a run of a release that kept artifacts in the task (0.1.1 to 0.1.4)', () => {
  it('gets what a run has today, and no file that was there changes', async () => {
    const { folder, before, inRun, lines } = await adopted('G6');
    expect(changed(before, fingerprint(folder))).toEqual([]);
    expect(JSON.parse(inRun('run.json'))).toMatchObject({
      run_id: KILLED,
      provider: 'codex',
      request_file: `.autoloop/tasks/${OLD_TASK}/runs/${KILLED}/request.md`,
      phase_status: { model: 'completed', api: 'in_progress' },
    });
    expect(inRun('artifacts/plan/phase_plan.yaml')).toContain('phase_id: api');
    expect(inRun('artifacts/implement/phases/api/feedback.md')).toContain('IMP-001');
    expect(inRun('artifacts/test/phases/model/test_strategy.md')).toContain('phases/model');
    expect(inRun('decisions.txt')).toContain('Keep it small.');
    expect(inRun('sessions/plan.json')).toContain(`thread-${KILLED}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('plan, implement of model, implement of api, test of model, test of api');
  });

  it('goes on where it stood', async () => {
    expect(positionOf(await (await adopted('G6')).events()).resumes).toBe('cycle 2 of implement:api, attempt 2');
  });

  it('is left alone the second time, also where an agent has removed an artifact since', async () => {
    const { workspace, found, folder } = await adopted('G6');
    rmSync(path.join(folder, 'runs', KILLED, 'artifacts', 'test'), { recursive: true });
    const before = fingerprint(folder);
    expect(await adoptRun(workspace, found, NOW)).toEqual([]);
    expect(fingerprint(folder)).toEqual(before);
  });

  it('is completed when a crash came in between, without touching what agents have', async () => {
    const { workspace, found, folder, inRun, hasRun } = await adopted('G6');
    const run = path.join(folder, 'runs', KILLED);
    rmSync(path.join(run, 'run.json'));
    rmSync(path.join(run, 'artifacts/implement/phases/api/feedback.md'));
    writeFileSync(path.join(run, 'artifacts/plan/plan.md'), 'Newer.\n');
    await adoptRun(workspace, found, NOW);
    expect(inRun('artifacts/plan/plan.md')).toBe('Newer.\n');
    expect(hasRun('artifacts/implement/phases/api/feedback.md') && hasRun('run.json')).toBe(true);
  });

  it('keeps the provider that its session names', async () => {
    const claude = { mode: 'persistent', provider: 'claude', session_id: 'a-b-c', thread_id: null };
    const withClaude = (run: string) => writeFileSync(path.join(run, 'sessions/plan.json'), JSON.stringify(claude));
    const { workspace, inRun } = await adopted('G6', withClaude);
    expect(JSON.parse(inRun('run.json'))).toMatchObject({ provider: 'claude' });
    const layout = (runId: string) => runLayout(taskFiles(stateFiles(workspace), OLD_TASK), runId);
    expect(await recordedProvider(layout(KILLED))).toBe('claude');
    expect(await recordedProvider(layout(FINISHED))).toBe('codex');
  });

  it.each(['run.json', 'sessions/plan.json'])('is refused when %s names a provider that nobody knows', async (file) => {
    const { workspace } = await adopted('G6', (run) => writeFileSync(path.join(run, file), '{"provider":"gemini"}'));
    const resume = resumeSettings(
      { workspace, home: workspace, env: {} },
      { taskId: OLD_TASK, runId: KILLED, given: {} },
    );
    await expect(resume).rejects.toMatchObject({ kind: 'state', message: expect.stringContaining('gemini') as string });
  });

  it('gets a session file when it has none', async () => {
    const { inRun } = await adopted('G6', (run) => rmSync(path.join(run, 'sessions'), { recursive: true }));
    expect(JSON.parse(inRun('sessions/plan.json'))).toMatchObject({ provider: 'codex', session_id: null });
  });
});

describe('a run that is as today', () => {
  it('of release 0.1.5, is not changed at all', async () => {
    const { folder, before, lines } = await adopted('G8');
    expect({ lines, after: fingerprint(folder) }).toEqual({ lines: [], after: before });
  });

  it('of this program, is not changed, also where an older release left artifacts in its task', async () => {
    const workspace = temporaryFolder();
    const { folder } = writeOldTree(workspace, 'G6');
    const runId = 'run-20260107T000000Z-0ddba115';
    await openStore(workspace, { taskId: OLD_TASK, runId, create: created() });
    const before = fingerprint(folder);
    const found = await findRun({ workspace, taskId: OLD_TASK, runId: null });
    expect(found.runId).toBe(runId);
    expect(await adoptRun(workspace, found, NOW)).toEqual([]);
    expect(fingerprint(folder)).toEqual(before);
  });
});

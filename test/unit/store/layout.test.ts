import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runLayout, stateFiles, taskFiles } from '../../../src/store/layout.ts';

const RUN = 'run-20261123T184954Z-0a1b2c3d';
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function layout() {
  const workspace = mkdtempSync(path.join(tmpdir(), 'autoloop-layout-'));
  folders.push(workspace);
  return runLayout(taskFiles(stateFiles(workspace), 'demo'), RUN);
}

describe('the paths of the state', () => {
  it('lie where the format says', () => {
    const run = runLayout(taskFiles(stateFiles('/w'), 'demo'), RUN);
    expect(run.task.relative).toBe('.autoloop/tasks/demo');
    expect(run.events).toBe(`/w/.autoloop/tasks/demo/runs/${RUN}/events.jsonl`);
    expect(run.session('plan.verifier')).toBe(`${run.run}/sessions/plan.verifier.json`);
    expect(run.artifactDir({ pair: 'audit', phaseId: null })).toBe(`${run.run}/artifacts/audit`);
    expect(run.artifactDir({ pair: 'test', phaseId: 'a.b' })).toBe(`${run.run}/artifacts/test/phases/a.b`);
  });

  it('are refused for task ids that are not one plain folder name', () => {
    for (const id of ['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', '-x', 'a\0b', 'x'.repeat(201)]) {
      expect(() => taskFiles(stateFiles('/w'), id), id).toThrow(/task id/);
    }
  });

  it('are refused for run ids of any other form', () => {
    const task = taskFiles(stateFiles('/w'), 'demo');
    for (const id of ['', '..', `../${RUN}`, `${RUN}/..`, 'run-1', `${RUN}0`, RUN.toUpperCase(), `${RUN}\n`]) {
      expect(() => runLayout(task, id), id).toThrow(/run id/);
    }
  });

  it('never leave the run, whatever a phase is called', () => {
    const run = layout();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), (phaseId) => {
        const folder = path.join(run.artifacts, 'implement', 'phases');
        expect(path.dirname(run.artifactDir({ pair: 'implement', phaseId }))).toBe(folder);
      }),
    );
  });

  it('refuse session names that are none', () => {
    for (const name of ['', '../x', 'phases/../x', 'phases/', 'implement', 'phases/a/b', 'plan.json']) {
      expect(() => layout().session(name), name).toThrow(/session/);
    }
  });

  it('encode phases with names that a disk reserves', () => {
    const run = layout();
    expect(path.basename(run.artifactDir({ pair: 'test', phaseId: 'nul' }))).toBe('_pid-6e756c');
    expect(path.basename(run.session('phases/_pid-6e756c.producer'))).toBe('_pid-6e756c.producer.json');
  });

  it('keep the plain folder of such a phase where an older release made it, for artifacts and sessions alike', () => {
    const run = layout();
    mkdirSync(path.join(run.run, 'sessions', 'phases'), { recursive: true });
    writeFileSync(path.join(run.run, 'sessions', 'phases', 'nul.json'), '{}');
    expect(path.basename(run.artifactDir({ pair: 'test', phaseId: 'nul' }))).toBe('nul');
    expect(path.basename(run.session('phases/_pid-6e756c'))).toBe('nul.json');
    expect(path.basename(run.session('phases/_pid-6e756c.verifier'))).toBe('nul.verifier.json');
  });
});

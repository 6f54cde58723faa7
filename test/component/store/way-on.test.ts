import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { againLine } from '../../../src/inspect/resume-command.ts';
import { stateFiles } from '../../../src/store/layout.ts';
import { tidyOpenings } from '../../../src/work/opening-record.ts';
import { withWayOn } from '../../../src/work/way-on.ts';

const RUN = 'run-20260101T000000Z-00000001';
let workspace = '';
let machine = '';

beforeEach(() => {
  workspace = mkdtempSync(path.join(tmpdir(), 'way-on-'));
  machine = path.join(workspace, 'machine');
  mkdirSync(path.join(machine, 'runs'), { recursive: true });
});
afterEach(() => rmSync(workspace, { recursive: true }));

function runFolder(runId: string, events?: string): void {
  const folder = path.join(workspace, '.autoloop/tasks/t/runs', runId);
  mkdirSync(folder, { recursive: true });
  if (events !== undefined) writeFileSync(path.join(folder, 'events.jsonl'), events);
}

const errno = (code: string) => Object.assign(new Error(code), { code, path: path.join(workspace, 'file') });
const name = () => ({ workspace, taskId: 't', runId: RUN });

describe('what kept a run from going on', () => {
  it.each(['EIO', 'ENOSPC'])(
    'names the run to resume from the moment it has a folder, with or without a log (%s)',
    (code) => {
      runFolder(RUN);
      expect(withWayOn(errno(code), name())).toMatchObject({ kind: 'state', run: name(), beginsAnew: false });
    },
  );

  it('says that the same command begins anew where no resume would find the run', () => {
    mkdirSync(path.join(workspace, '.autoloop/tasks/t/runs'), { recursive: true });
    expect(withWayOn(errno('EIO'), name())).toMatchObject({ kind: 'state', run: null, beginsAnew: true });
    expect(withWayOn(new Problem('git', 'no repository'), name())).toMatchObject({ run: null, beginsAnew: false });
  });

  it('leaves an error that is not about a disk what it is', () => {
    const bug = new TypeError('a bug');
    expect(withWayOn(bug, name())).toBe(bug);
    expect(withWayOn(errno('EBADF'), name())).not.toBeInstanceOf(Problem);
  });
});

describe('the command that starts again', () => {
  it('can be pasted', () => {
    expect(againLine(['--task-id', 't', '--intent', "Build the user's page"])).toBe(
      `Start again: autoloop --task-id t --intent 'Build the user'\\''s page'`,
    );
  });

  it.each(['two\nlines', 'a\u001b[31mred', 'x'.repeat(3000)])(
    'is not written out where a line cannot hold it',
    (intent) => {
      expect(againLine(['--intent', intent])).toBe('Start again: give the same command once more');
    },
  );
});

describe('the next start in a workspace', () => {
  it('removes records of runs that never were or have begun, and drafts of processes that died', () => {
    const [unbegun, torn, begun] = ['2', '3', '4'].map((end) => `${RUN.slice(0, -1)}${end}`) as [
      string,
      string,
      string,
    ];
    runFolder(unbegun, '');
    runFolder(torn, '{"seq":1,"event_ty');
    runFolder(begun, `{"seq":1,"event_type":"run_started"}\n`);
    const records = [RUN, unbegun, torn, begun].map((runId) => `${runId}.opening.json`);
    for (const file of [...records, `${RUN}.head.999999999-00000000.tmp`, `${begun}.head`]) {
      writeFileSync(path.join(machine, 'runs', file), '{}');
    }
    tidyOpenings(machine, stateFiles(workspace));
    expect(readdirSync(path.join(machine, 'runs')).sort()).toEqual(
      [`${unbegun}.opening.json`, `${torn}.opening.json`, `${begun}.head`].sort(),
    );
  });
});

import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { flatTask } from '../../../src/store/legacy/flat.ts';
import { parseContext } from '../../../src/store/legacy/context.ts';
import { listTaskIds } from '../../../src/store/tasks/listing.ts';
import { OLD_REQUEST, fingerprint, writeFlatState, writeOldTree } from '../../support/legacy-trees.ts';

function bench() {
  const workspace = realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-listing-')));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const folder = (...names: string[]) => mkdirSync(path.join(workspace, ...names), { recursive: true });
  const task = (root: string, id: string, file = 'task.json') => {
    folder(`.${root}`, 'tasks', id);
    writeFileSync(path.join(workspace, `.${root}`, 'tasks', id, file), '{}');
  };
  return { workspace, folder, task, list: () => listTaskIds(workspace) };
}

describe('the list of tasks', () => {
  it('shows both roots, sorted, each id once', () => {
    const { task, list } = bench();
    for (const id of ['b', 'a-2', 'both']) task('autoloop', id);
    for (const id of ['c', 'both', 'a-10']) task('superloop', id);
    expect(list()).toEqual(['a-10', 'a-2', 'b', 'both', 'c']);
  });

  it('leaves out what is no task', () => {
    const { workspace, task, folder, list } = bench();
    task('autoloop', 'real');
    folder('.superloop', 'bin');
    folder('.autoloop', 'tasks', 'empty');
    task('autoloop', '.import-0badcafe.tmp');
    task('autoloop', 'notes', 'notes.txt');
    writeFileSync(path.join(workspace, '.autoloop/tasks/file'), '');
    symlinkSync(path.join(workspace, '.autoloop/tasks/real'), path.join(workspace, '.autoloop/tasks/linked'));
    expect(list()).toEqual(['real']);
  });

  it('shows a task whose task.json is gone, for as long as it has runs', () => {
    const { folder, list } = bench();
    folder('.autoloop', 'tasks', 'with-runs', 'runs');
    expect(list()).toEqual(['with-runs']);
  });

  it('is empty where there is no state', () => {
    expect(bench().list()).toEqual([]);
  });

  it.each(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G8'] as const)(
    'I9: shows a task of generation %s and writes nothing',
    (layout) => {
      const { workspace, list } = bench();
      writeOldTree(workspace, layout);
      const before = fingerprint(workspace);
      expect(list()).toEqual(['old-task']);
      expect(fingerprint(workspace)).toEqual(before);
    },
  );
});

describe('state of the first release', () => {
  it('is listed as one task, named after its request', () => {
    const { workspace, list } = bench();
    writeFlatState(workspace);
    expect(list()).toEqual([expect.stringMatching(/^make-the-parser-accept-comments-[0-9a-f]{8}$/)]);
    expect(flatTask(workspace)).toEqual({ taskId: list()[0], request: OLD_REQUEST });
    expect(existsSync(path.join(workspace, '.autoloop'))).toBe(false);
  });

  it('has a plain name without a request', () => {
    const { workspace, list } = bench();
    writeFlatState(workspace);
    rmSync(path.join(workspace, '.superloop/context.md'));
    expect(list()).toEqual(['superloop']);
  });

  it('is not shown where a later release left tasks beside it', () => {
    const { workspace, list } = bench();
    writeFlatState(workspace);
    writeOldTree(workspace, 'G1');
    expect(list()).toEqual(['old-task']);
  });
});

describe('the request in a context.md', () => {
  it.each([
    ['# Product Context\n\nDo it.\n', 'Do it.', null],
    ['Do it.\n\n### Clarification (run-1)\n\nBoth.\n', 'Do it.', '### Clarification (run-1)\n\nBoth.'],
    ['\r\n# Product Context\r\nDo it.\r\n', 'Do it.', null],
    ['# Product Context of ours\nDo it.', '# Product Context of ours\nDo it.', null],
    ['Do it.\n# Product Context\n', 'Do it.\n# Product Context', null],
    ['# Product Context\n\n### Clarification 1\nBoth.\n', null, '### Clarification 1\nBoth.'],
    ['see ### Clarification', 'see ### Clarification', null],
    ['', null, null],
  ])('of %j is %j', (text, request, clarifications) => {
    expect(parseContext(text)).toEqual({ request, clarifications });
  });
});

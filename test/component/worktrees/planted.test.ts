import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockForGit } from '../../../src/work/worktrees/at-work.ts';
import { RECORD_FILE } from '../../../src/work/worktrees/record.ts';
import { takeSlot } from '../../../src/work/worktrees/slot.ts';
import { temporaryFolder } from '../store/rig.ts';

/** What an agent with its hands in `.git` may leave in a file's place; nobody writes to the pipe. */
const PLANTS: Readonly<Record<string, (place: string, outside: string) => void>> = {
  'a named pipe': (place) => execFileSync('mkfifo', [place]),
  'a link to what could be made outside': (place, outside) => symlinkSync(path.join(outside, 'new'), place),
  'a link to a file outside': (place, outside) => symlinkSync(path.join(outside, 'file'), place),
  'a folder': (place) => mkdirSync(place),
  'ten gigabytes of nothing': (place) => {
    writeFileSync(place, '');
    truncateSync(place, 10_000_000_000);
  },
};

describe.each(Object.entries(PLANTS))('%s', (_, plant) => {
  const bed = () => {
    const outside = temporaryFolder();
    writeFileSync(path.join(outside, 'file'), 'autoloop of the user\n');
    return { folder: temporaryFolder(), outside };
  };
  const isUntouched = (outside: string) =>
    readFileSync(path.join(outside, 'file'), 'utf8') === 'autoloop of the user\n' &&
    !existsSync(path.join(outside, 'new'));

  it('in the place of git’s lock of a work tree is left there', () => {
    const { folder, outside } = bed();
    writeFileSync(path.join(folder, RECORD_FILE), '{}');
    plant(path.join(folder, 'locked'), outside);
    lockForGit(folder, 'run-1')();
    expect(isUntouched(outside)).toBe(true);
  });

  it('in the place of a number of work trees is passed over', () => {
    const { folder, outside } = bed();
    plant(path.join(folder, 'autoloop-slot-0'), outside);
    expect(takeSlot(folder, 'job')).toBe(1);
    expect(isUntouched(outside)).toBe(true);
  });
});

it('a work tree is locked for git while a run is in it, but for a lock of a person', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, RECORD_FILE), '{}');
  const locked = path.join(folder, 'locked');
  const unlock = lockForGit(folder, 'run-1');
  expect(readFileSync(locked, 'utf8')).toContain('autoloop run-1');
  unlock();
  expect(existsSync(locked)).toBe(false);
  writeFileSync(locked, 'on a stick\n');
  lockForGit(folder, 'run-1')();
  expect(readFileSync(locked, 'utf8')).toBe('on a stick\n');
});

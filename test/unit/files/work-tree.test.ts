import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { workTreeAround } from '../../../src/files/work-tree.ts';
import { repositoryAround } from '../../../src/work/worktrees/record.ts';

function folders(): { readonly outer: string; readonly inner: string } {
  const outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-tree-')));
  onTestFinished(() => rmSync(outer, { recursive: true, force: true }));
  const inner = path.join(outer, 'a', 'b');
  mkdirSync(inner, { recursive: true });
  return { outer, inner };
}

describe('the work tree around a folder', () => {
  it('is that of the nearest repository above', () => {
    const { outer, inner } = folders();
    mkdirSync(path.join(outer, '.git'));
    writeFileSync(path.join(outer, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    expect(workTreeAround(inner)).toBe(outer);
    expect(repositoryAround(inner)?.top).toBe(outer);
  });

  it('is not that of a folder with an empty .git, as sandboxes leave it behind', () => {
    const { outer, inner } = folders();
    mkdirSync(path.join(outer, '.git'));
    expect(workTreeAround(inner)).toBe(inner);
    expect(repositoryAround(inner)?.top ?? null).not.toBe(outer);
  });

  it('passes by an empty .git to the repository above it', () => {
    const { outer, inner } = folders();
    mkdirSync(path.join(outer, '.git'));
    symlinkSync('refs/heads/main', path.join(outer, '.git', 'HEAD'));
    mkdirSync(path.join(outer, 'a', '.git'));
    expect(workTreeAround(inner)).toBe(outer);
    expect(repositoryAround(inner)?.top).toBe(outer);
  });

  it('passes by a .git that is a link to itself or leads nowhere', () => {
    const { outer, inner } = folders();
    mkdirSync(path.join(outer, '.git'));
    writeFileSync(path.join(outer, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    symlinkSync('.git', path.join(outer, 'a', '.git'));
    symlinkSync('gone', path.join(inner, '.git'));
    expect(workTreeAround(inner)).toBe(outer);
  });

  it('counts a .git that is a file, whatever it says', () => {
    const { outer, inner } = folders();
    writeFileSync(path.join(outer, '.git'), 'nonsense\n');
    expect(workTreeAround(inner)).toBe(outer);
  });
});

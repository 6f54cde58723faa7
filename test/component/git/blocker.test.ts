import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBlocker, makesWait } from '../../../src/git/blocker.ts';
import { Playground, cleanUp, expectProblem } from './playground.ts';

cleanUp();

function pipeAt(ground: Playground, name: string): string {
  const file = path.join(ground.dir, name);
  ground.remove(name);
  execFileSync('mkdir', ['-p', path.dirname(file)]);
  execFileSync('mkfifo', [file]);
  return file;
}

const placeOf = ({ dir }: Playground) => ({
  top: dir,
  gitDir: path.join(dir, '.git'),
  commonDir: path.join(dir, '.git'),
  prefix: '',
  objectFormat: 'sha1' as const,
});

describe('what git would wait for', () => {
  test.each([
    'index',
    'HEAD',
    'config',
    'packed-refs',
    'info/exclude',
    'info/attributes',
    'info/grafts',
    'refs/autoloop',
  ])('is found before it is called, during a run and at a start: .git/%s', async (name) => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const file = pipeAt(ground, `.git/${name}`);
    const words = new RegExp(`${file.replaceAll('.', '\\.')} is a named pipe`);
    await expectProblem(tree.observe(), words, 'unsettled');
    await expectProblem(
      ground.open().then((opened) => opened.observe()),
      words,
      'unsettled',
    );
  });

  test.each([
    '.git/refs/heads/main',
    '.git/objects/info/alternates',
    '.gitignore',
    'd/deep/.gitattributes',
    '.gitmodules',
  ])('is found when a call takes long: %s', (name) => {
    const ground = Playground.withFiles();
    expect(findBlocker(placeOf(ground))).toBeNull();
    const file = pipeAt(ground, name);
    expect(findBlocker(placeOf(ground))).toBe(file);
  });

  test.each([
    ['an alternate', '.git/objects/info/alternates', 'other/objects\n', 'other/objects/info/alternates'],
    ['the git folder of a submodule', 'sub/a', '', 'sub/.git/HEAD'],
    ['what the file of a submodule names', 'sub/.git', 'gitdir: ../elsewhere\n', 'elsewhere/HEAD'],
  ])('is found when a call takes long: in %s', (_, name, content, pipe) => {
    const ground = Playground.withFiles();
    ground.write(name, content === 'other/objects\n' ? `${ground.dir}/${content}` : content);
    expect(findBlocker(placeOf(ground))).toBeNull();
    const file = pipeAt(ground, pipe);
    expect(findBlocker(placeOf(ground))).toBe(file);
  });

  test('may stand behind a link, or have no end; other files of the work tree are not its business', () => {
    const ground = Playground.withFiles();
    const pipe = pipeAt(ground, 'd/pipe');
    expect(findBlocker(placeOf(ground))).toBeNull();
    symlinkSync(pipe, path.join(ground.dir, 'd/.gitignore'));
    expect(findBlocker(placeOf(ground))).toBe(path.join(ground.dir, 'd/.gitignore'));
    const large = path.join(ground.dir, '.git/index');
    truncateSync(large, 2_000_000_000);
    expect([makesWait(large), makesWait(path.join(ground.dir, 'nothing'))]).toEqual([true, false]);
  });
});

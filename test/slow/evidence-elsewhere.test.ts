import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../support/fake-agent/script.ts';
import { createRig } from '../support/rig.ts';
import { authors, MUL_TESTS, OLD_TESTS, SHELL_CHECK, SHELL_PROJECT, WITH_MUL } from '../support/shell-project.ts';

const START = ['--intent', 'Add mul', '--task-id', 't', '--max-iterations', '2'];

describe('checks without git', () => {
  const start = [...START, '--no-git'];

  it('run in the work tree, and honest work is verified', async () => {
    await using rig = await createRig({
      git: false,
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    const done = await rig.run(start);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('verified by a check') as string });
    expect(rig.events().filter(({ event_type: type }) => type === 'check_finished')).toEqual(
      expect.arrayContaining([expect.objectContaining({ where: 'in_place', side: 'now' })]),
    );
  });

  it('find what an agent broke', async () => {
    await using rig = await createRig({
      git: false,
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL.replace('$1 - $2', '$2 - $1') }),
    });
    expect(await rig.run(start)).toMatchObject({ code: 1, stderr: expect.stringContaining('subtracts') as string });
  });

  it('cannot try the old text of a guard, whose edit is for a person to accept', async () => {
    const weak = { 'tests/t_add.sh': OLD_TESTS.replace('"$(sub 3 2)" 1', 'x x') };
    const signed = {
      '${bundle}/test_changes.yaml': '- {test: tests/t_add.sh, criterion: AC-1, reason: it is better}\n',
    };
    await using rig = await createRig({
      git: false,
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL, ...weak, ...signed }, MUL_TESTS),
    });
    expect(await rig.run(start)).toMatchObject({
      code: 6,
      stdout: expect.stringContaining('tests/t_add.sh') as string,
    });
    expect((await rig.run(['--resume', '--no-git', '--accept', 'tests/t_add.sh'])).code).toBe(0);
  });
});

describe('checks in the work tree, in a follow-up', () => {
  const broken = { 'lib.sh': WITH_MUL.replace('$1 - $2', '$2 - $1') };
  const breaks: Rule = { run: 1, pair: 'audit', role: 'producer', write: broken };
  const leaves: Rule = { run: 2, pair: 'implement', role: 'producer', write: { 'notes.txt': 'nothing to do\n' } };
  const withoutGit = { project: { git: false, config: SHELL_CHECK }, more: ['--no-git'] };
  const withGit = { project: { config: `${SHELL_CHECK}evidence: {where: in_place}\n` }, more: [] };

  it.each([
    ['without git', 'leave', withoutGit, [breaks, leaves], 1],
    ['with git', 'leave', withGit, [breaks, leaves], 1],
    ['without git', 'mend', withoutGit, [breaks], 0],
    ['with git', 'mend', withGit, [breaks], 0],
  ])('count nothing as old that the run before has broken: %s, where its agents %s it', async (...row) => {
    const [, , { project, more }, rules, code] = row;
    const script = { ...authors({ 'lib.sh': WITH_MUL }, MUL_TESTS, rules), gaps: 1 };
    await using rig = await createRig({ files: SHELL_PROJECT, script, ...project });
    const done = await rig.run([...START, ...more]);
    expect({ code: done.code, runs: rig.runs().length }, rig.report()).toEqual({ code, runs: 2 });
    if (code !== 0) expect(done.stderr).toContain('subtracts');
  });
});

describe('a state that only names a part of itself', () => {
  const CHECK = 'checks:\n  - {name: test, run: . sub/begin.sh && sh tests/run.sh, parser: tap}\n';
  const project = () => createRig({ files: SHELL_PROJECT, config: CHECK, script: authors({ 'lib.sh': WITH_MUL }) });

  it('has its submodule, where its commits are on this machine', async () => {
    await using rig = await project();
    const other = path.join(rig.sandbox.root, 'other');
    mkdirSync(other);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@x', ...args], { cwd: other });
    git('init', '-q');
    writeFileSync(path.join(other, 'begin.sh'), 'begun=1\n');
    git('add', '-A');
    git('commit', '-qm', 'one');
    rig.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'sub');
    rig.git('commit', '-qm', 'with a submodule');
    const done = await rig.run(START);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('verified by a check') as string });
    expect(done.stderr).not.toContain('in the work tree');
    expect(rig.git('status', '--porcelain')).toBe('');
  });

  it('is checked in the work tree, and that is said, where they are not', async () => {
    await using rig = await project();
    const commit = rig.git('rev-parse', 'HEAD').trim();
    rig.git('update-index', '--add', '--cacheinfo', `160000,${commit.replace(/./g, 'a')},sub`);
    rig.git('commit', '-qm', 'with a commit of nobody');
    rig.write('sub/begin.sh', 'begun=1\n');
    const done = await rig.run(START);
    expect(done.stderr).toContain('no clean copy can have sub');
    expect(done.code).toBe(0);
  });

  it('has its large files, where their content is on this machine', async () => {
    await using rig = await project();
    const content = 'begun=1\n';
    const id = createHash('sha256').update(content).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize ${content.length}\n`;
    rig.write('sub/begin.sh', pointer);
    rig.write('.gitattributes', 'sub/* filter=lfs diff=lfs merge=lfs -text\n');
    rig.git('add', '-A');
    rig.git('commit', '-qm', 'with a large file');
    const kept = path.join(rig.workspace, '.git/lfs/objects', id.slice(0, 2), id.slice(2, 4));
    mkdirSync(kept, { recursive: true });
    writeFileSync(path.join(kept, id), content);
    const done = await rig.run(START);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('verified by a check') as string });
    expect(readFileSync(path.join(rig.workspace, 'sub/begin.sh'), 'utf8')).toBe(pointer);
    rmSync(kept, { recursive: true });
  });
});

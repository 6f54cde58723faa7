import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configRecord } from '../../../src/git/config-record.ts';
import { Playground, cleanUp, expectProblem } from './playground.ts';

cleanUp();

describe('what git would execute', () => {
  /** A program that leaves a trace of each of its runs. */
  function program(ground: Playground): { file: string; ran: () => string | null } {
    const place = new Playground();
    place.write('program', `#!/bin/sh\necho ran >> "${place.dir}/ran"\ncat\n`, 0o755);
    ground.write('x.txt');
    return { file: path.join(place.dir, 'program'), ran: () => place.read('ran') };
  }

  test.each<[string, (ground: Playground, file: string) => void, RegExp]>([
    [
      'a filter, put to work by info/attributes',
      (ground, file) => {
        ground.git('config', 'filter.f.process', file);
        ground.write('.git/info/attributes', '* filter=f\n');
      },
      /filter\.f\.process = .*program in .*\.git\/config/,
    ],
    ['an ssh command', (ground, file) => void ground.git('config', 'core.sshCommand', file), /core\.sshcommand/],
    [
      'a file that is included',
      (ground, file) => {
        ground.write('more', `[core]\n\tfsmonitor = ${file}\n`);
        ground.git('config', 'include.path', '../more');
      },
      /include\.path = \.\.\/more/,
    ],
    [
      'the configuration of the work tree alone',
      (ground, file) => {
        ground.git('config', 'extensions.worktreeConfig', 'true');
        ground.git('config', '--worktree', 'merge.m.driver', file);
      },
      /extensions\.worktreeconfig/,
    ],
    ...[
      'submodule.lib.update',
      'hook.mine.command',
      'lfs.customtransfer.mine.path',
      'lfs.extension.mine.clean',
      'gpg.ssh.program',
      'credential.https://example.org.helper',
      'remote.evil.promisor',
    ].map((key): [string, (ground: Playground, file: string) => void, RegExp] => [
      key,
      (ground, file) => void ground.git('config', key, `!${file}`),
      new RegExp(key.replaceAll('.', '\\.')),
    ]),
    [
      'an attribute for a filter that is configured',
      (ground) => ground.write('.git/info/attributes', '*.txt filter=known\n'),
      /attribute = \*\.txt filter=known/,
    ],
  ])('pauses the run when it is new: %s', async (_, plant, words) => {
    const ground = Playground.withFiles();
    const { file, ran } = program(ground);
    ground.git('config', 'filter.known.clean', 'cat');
    const tree = await ground.open();
    await tree.observe();
    plant(ground, file);
    await expectProblem(tree.observe(), words, 'unsettled');
    await expectProblem(tree.commit({ paths: ['x.txt'], subject: 's', id: 'run/1' }), words, 'unsettled');
    expect(ran()).toBeNull();
  });

  test('is the same when only other values were written, and a filter of the user stays in force', async () => {
    const ground = Playground.withFiles();
    ground.git('config', 'filter.upper.clean', 'tr a-z A-Z');
    ground.write('.gitattributes', '*.up filter=upper\n');
    ground.commitAll('attributes');
    const tree = await ground.open();
    await tree.observe();
    ground.git('config', 'branch.main.description', 'words');
    ground.write('a.up', 'abc\n');
    await tree.observe();
    await tree.commit({ paths: ['a.up'], subject: 'autoloop: s', id: 'run/1' });
    expect(ground.git('show', 'HEAD:a.up')).toBe('ABC\n');
  });

  test.each([
    ['tools/clean', 'tools/clean %f'],
    ['clean.sh', 'sh clean.sh'],
    ['new/clean', '"./new/clean"'],
    ['.git/clean', 'env A=1 .git/clean --x=y'],
  ])('pauses the run when a program in the work tree is another one: %s', async (file, command) => {
    const ground = Playground.withFiles();
    ground.write('tools/clean', '#!/bin/sh\ncat\n', 0o755);
    ground.write('clean.sh', 'cat\n');
    ground.git('config', 'filter.own.clean', command);
    ground.write('.gitattributes', '*.own filter=own\n');
    ground.commitAll('attributes');
    const tree = await ground.open();
    await tree.observe();
    ground.write('clean', 'a file like any other\n');
    await tree.observe();
    ground.write(file, `#!/bin/sh\necho ran >> "${ground.dir}/ran"\ncat\n`, 0o755);
    ground.write('x.own');
    await expectProblem(
      tree.observe(),
      new RegExp(`the program of filter.own.clean = [0-9a-f]{64} in .*/${file}`),
      'unsettled',
    );
    expect(ground.read('ran')).toBeNull();
  });

  test('pauses the run when missing objects would be fetched from elsewhere', async () => {
    const ground = Playground.withFiles();
    ground.git('config', 'remote.origin.url', 'https://example.org/x');
    const whole = await ground.open();
    ground.git('config', 'remote.origin.url', 'https://example.org/y');
    await whole.observe();
    ground.git('config', 'remote.origin.promisor', 'true');
    const partial = await ground.open();
    ground.git('config', 'url./evil.insteadOf', 'https://example.org/');
    await expectProblem(partial.observe(), /url\.\/evil\.insteadof = https:\/\/example\.org\/ in/, 'unsettled');
  });

  test('pauses the run when another branch brings in a file that was changed before', async () => {
    const ground = Playground.withFiles();
    const { file, ran } = program(ground);
    ground.git('config', 'includeIf.onbranch:side.path', '../more');
    ground.write('.gitattributes', '*.x filter=f\n');
    const tree = await ground.open();
    ground.write('more', `[filter "f"]\n\tclean = ${file}\n`);
    await tree.observe();
    ground.git('checkout', '-q', '-b', 'side');
    ground.write('a.x');
    await expectProblem(tree.observe(), /filter\.f\.clean = /, 'unsettled');
    expect(ran()).toBeNull();
  });

  describe('by a path that is no whole one', () => {
    afterEach(() => vi.unstubAllEnvs());

    test.each([
      ['XDG_CONFIG_HOME', 'conf', 'conf/git/config'],
      ['GIT_CONFIG_GLOBAL', 'mine.cfg', 'mine.cfg'],
      ['HOME', 'me', 'me/.gitconfig'],
    ])('is found from where git is started: %s', async (name, value, file) => {
      vi.stubEnv(name, value);
      const ground = Playground.withFiles();
      const { file: evil, ran } = program(ground);
      ground.write('.gitattributes', '*.x filter=f\n');
      const tree = await ground.open();
      await tree.observe();
      ground.write(file, `[filter "f"]\n\tclean = ${evil}\n`);
      ground.write('a.x');
      await expectProblem(tree.observe(), /filter\.f\.clean = /, 'unsettled');
      expect(ran()).toBeNull();
    });
  });

  test('no file system monitor runs, whoever configured it', async () => {
    const ground = Playground.withFiles();
    const { file, ran } = program(ground);
    ground.git('config', 'core.fsmonitor', file);
    await (await ground.open()).observe();
    expect(ran()).toBeNull();
  });
});

describe('from one start to the next', () => {
  const plant = (ground: Playground) => ground.git('config', 'filter.f.clean', 'sh evil.sh');

  function start(ground: Playground, acceptConfig = false) {
    return ground.open({ configRecord: configRecord(`${ground.dir}-record.json`), acceptConfig });
  }

  test('what paused a run is refused until it is accepted or gone', async () => {
    const ground = Playground.withFiles();
    const tree = await start(ground);
    plant(ground);
    await expectProblem(tree.observe(), /filter\.f\.clean/, 'unsettled');
    await tree.close();
    await expectProblem(start(ground), /filter\.f\.clean.*sh evil\.sh/, 'unsettled');
    await (await start(ground, true)).close();
    await (await start(ground)).close();
  });

  test('what appeared in a turn that was killed is refused, and what a person sets between two runs is not', async () => {
    const ground = Playground.withFiles();
    const killed = await start(ground);
    await killed.observe();
    plant(ground);
    await expectProblem(start(ground), /filter\.f\.clean/, 'unsettled');
    ground.git('config', '--unset', 'filter.f.clean');
    await (await start(ground)).close();
    plant(ground);
    await (await start(ground)).observe();
  });
});

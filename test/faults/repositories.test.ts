import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { committed, follow, leftUncommitted, lines, START } from './story.ts';

const AGENT = 'Autoloop Agent <autoloop@localhost>';
const authors = (rig: Rig) => [...new Set(rig.commits().map(({ author }) => author))];
const gitConfig = (rig: Rig) => readFileSync(path.join(rig.workspace, '.git/config'), 'utf8');

fault(
  'I1, I2: a repository without commits gets its first one, of what the run made',
  { git: 'unborn' },
  async (rig) => {
    rig.write('staged.txt', 'mine\n');
    rig.git('add', 'staged.txt');
    expect((await rig.run(START)).code).toBe(0);
    const commits = rig.commits();
    expect(commits[0]?.subject).toBe('autoloop: baseline');
    expect(commits.flatMap(({ files }) => files).filter((name) => !name.startsWith('.autoloop/'))).toEqual([
      'src/implicit-phase.txt',
    ]);
    expect(rig.status()).toEqual(['A  staged.txt', '?? README.md']);
    return { maxTurns: 2 };
  },
);

fault(
  'I1: a turn that is killed before there is any commit is recovered all the same',
  {
    git: 'unborn',
    config: 'runtime:\n  track_autoloop_artifacts: false\n',
    script: { rules: [{ role: 'producer', times: 1, remote: true }] },
  },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'src/half.txt': 'half\n' } });
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['--resume'])).code).toBe(0);
    const files = rig.commits().map((commit) => commit.files);
    expect(files).toEqual([['src/half.txt'], ['src/implicit-phase.txt']]);
    expect(rig.status().filter((line) => !line.includes('.autoloop/'))).toEqual(['?? README.md', '?? autoloop.yaml']);
    return { maxTurns: 3 };
  },
);

fault('I2: an orphan branch, where everything is staged, stays staged', {}, async (rig) => {
  rig.git('checkout', '-q', '--orphan', 'fresh');
  expect((await rig.run(START)).code).toBe(0);
  expect(rig.status()).toEqual(['A  README.md']);
  expect(rig.git('log', '--format=%s', 'main')).toBe('first\n');
  return { maxTurns: 2 };
});

fault(
  'I1, I2: a plain folder becomes a repository, and what was in it stays out of checkpoints',
  { git: false },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', write: { 'README.md': 'the agent’s\n' } }] });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(lines(done.stdout)).toContain(`[*] ${rig.workspace} is now a git repository`);
    expect(done.stdout).toContain('git add -A && git commit');
    expect(authors(rig)).toEqual([AGENT]);
    expect(gitConfig(rig)).not.toMatch(/user|autoloop/i);
    expect(rig.status()).toEqual(['?? README.md']);
    expect(leftUncommitted(done)).toBe('README.md');
    return { maxTurns: 2, branchMoved: true };
  },
);

fault('I2: commits of a new repository bear the name that is configured', { git: false }, async (rig) => {
  const home = rig.sandbox.env['HOME'] ?? '';
  writeFileSync(path.join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n');
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expect(done.stderr).not.toContain('user.name');
  expect(authors(rig)).toEqual(['Ada <ada@example.com>']);
  return { maxTurns: 2, branchMoved: true };
});

fault(
  'I3: a .git file that leads nowhere is no plain folder: refused before anything is written',
  { git: false },
  async (rig) => {
    rig.write('.git', 'gitdir: /nowhere/at/all\n');
    const before = rig.treeHash();
    const refused = await rig.run(START);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr).join(' ')).toMatch(/^error: .*\/nowhere\/at\/all.*--no-git/);
    expect(rig.treeHash()).toBe(before);
    expect(rig.runs()).toEqual([]);
    expect((await rig.run([...START, '--no-git'])).code).toBe(0);
    return { maxTurns: 2 };
  },
);

fault('I2: --no-git leaves a plain folder one', { git: false }, async (rig) => {
  expect((await rig.run([...START, '--no-git'])).code).toBe(0);
  expect(() => rig.git('rev-parse')).toThrow();
  expect(rig.read('README.md')).toBe('# Project\n');
  return { maxTurns: 2 };
});

for (const [what, env] of [
  ['an empty HOME', {}],
  ['no HOME and no place for a cache', { HOME: '', XDG_CACHE_HOME: '/dev/null/cache' }],
] as const) {
  fault(
    `I2: without an identity and with ${what}, commits are the agent’s, said once`,
    { anonymous: true },
    async (rig) => {
      const before = gitConfig(rig);
      // Without HOME the home folder is that of the user's account: nothing of it may be used here.
      const home = rig.sandbox.env['HOME'] ?? '';
      const places = { XDG_STATE_HOME: path.join(home, 'state'), XDG_CONFIG_HOME: path.join(home, 'config') };
      const done = await rig.run(START, { env: { ...places, ...env } });
      expect(done.code).toBe(0);
      expect(lines(done.stderr)).toEqual([
        '[!] WARNING: git knows no user.name and user.email: checkpoints are made as Autoloop Agent <autoloop@localhost>',
      ]);
      expect(authors(rig).slice(1)).toEqual([AGENT]);
      expect(gitConfig(rig)).toBe(before);
      expect(rig.status()).toEqual([]);
      return { maxTurns: 2 };
    },
  );
}

fault(
  'I8: an identity that is half there, or demanded by user.useConfigOnly, does not stop a run',
  { anonymous: true },
  async (rig) => {
    const home = rig.sandbox.env['HOME'] ?? '';
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, '.gitconfig'), '[user]\n\tname = Ada\n\tuseConfigOnly = true\n');
    rig.script({
      rules: [
        { role: 'producer', times: 1, raw: '' },
        { role: 'producer', times: 1, raw: '' },
      ],
    });
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect((await follow(rig, paused)).code).toBe(0);
    expect(authors(rig).slice(1)).toEqual([AGENT]);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    return { maxTurns: 4 };
  },
);

fault(
  'I1: a commondir that an agent left in .git leads no start or resume into the other repository',
  { script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    const other = path.join(rig.sandbox.root, 'other');
    mkdirSync(other);
    const git = (...args: string[]) => rig.git('-C', other, ...args);
    git('init', '-q', '-b', 'main');
    git('-c', 'user.name=Rig', '-c', 'user.email=rig@example.com', 'commit', '-q', '--allow-empty', '-m', 'theirs');
    const stateOf = () => [
      git('for-each-ref'),
      git('count-objects', '-v'),
      readFileSync(path.join(other, '.git/HEAD')),
    ];
    const before = stateOf();
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'src/a.txt': 'a\n' }, shell: [`echo '${other}/.git' > .git/commondir`] });
    await turn.finish();
    expect((await running.done).code).toBe(4);
    for (const args of [['--resume'], START, ['checkpoints'], ['undo', '--last']]) {
      const refused = await rig.run(args);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/\.git\/commondir leads to branches and objects of another repository/);
      expect(refused.stderr).toMatch(/rm \S+\.git\/commondir/);
    }
    expect(stateOf()).toEqual(before);
    rmSync(path.join(rig.workspace, '.git/commondir'));
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect(stateOf()).toEqual(before);
    return { maxTurns: 3 };
  },
);

import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { InstallBed, planned } from '../support/install-bed.ts';

const SCRIPT = path.join(PROJECT, 'install.sh');
const SKILL = readFileSync(path.join(PROJECT, 'skill/SKILL.md'), 'utf8');

const BINARY = '.local/share/autoloop/autoloop';
const MANIFEST = '.local/share/autoloop/manifest';
const LAUNCHER = '.local/bin/autoloop';
const SKILLS = {
  codex: '.codex/skills/autoloop/SKILL.md',
  agents: '.agents/skills/autoloop/SKILL.md',
  claude: '.claude/skills/autoloop/SKILL.md',
};

function makeBed() {
  const bed = new InstallBed();
  onTestFinished(() => {
    bed[Symbol.dispose]();
  });
  return bed;
}

/** Files and links of the user, without the folders and the manifest. */
function filesOf(bed: InstallBed) {
  return Object.keys(bed.tree()).filter((name) => bed.tree()[name] !== 'folder' && name !== MANIFEST);
}

describe('install.sh installs', () => {
  it('the program, the launcher and the skill of codex and of agents, and says where', async () => {
    const bed = makeBed();
    const done = await bed.install(['--prebuilt', bed.program('1.0.0')]);
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
    expect(filesOf(bed)).toEqual([SKILLS.agents, SKILLS.codex, LAUNCHER, BINARY].sort());
    const tree = bed.tree();
    expect(tree[SKILLS.codex]).toBe(`644 ${SKILL}`);
    expect(tree[SKILLS.agents]).toBe(`644 ${SKILL}`);
    expect(tree[LAUNCHER]).toMatch(/^755 #!\/bin\/sh\n/);
    expect(execFileSync(bed.inHome(LAUNCHER), ['--version'], { encoding: 'utf8' })).toBe('1.0.0\n');
    expect(planned(done, 'Creates').map((line) => line.replace(/ (?:->|\().*$/, ''))).toEqual(
      [BINARY, LAUNCHER, SKILLS.codex, SKILLS.agents, MANIFEST].map((name) => bed.inHome(name)),
    );
    expect(done.stdout).toContain(`Skill for codex: ${bed.inHome(SKILLS.codex)}\n`);
    expect(done.stdout).toMatch(/Final status: installed but not ready\.\n$/);
  });

  it('nothing with --dry-run, which prints the same plan', async () => {
    const bed = makeBed();
    bed.write('.bashrc', 'mine\n');
    const before = bed.tree();
    const program = bed.program('1.0.0');
    const dry = await bed.install(['--dry-run', '--prebuilt', program]);
    expect(bed.tree()).toEqual(before);
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toMatch(/Predicted final status: installed but not ready\.\n$/);
    const wet = await bed.install(['--prebuilt', program]);
    expect(dry.stdout.split('Dry run')[0]).toBe(wet.stdout.split('Next steps')[0]);
  });

  it('nothing again when it is run again: not a byte, not a time', async () => {
    const bed = makeBed();
    const args = ['--prebuilt', bed.program('1.0.0'), '--skill-target', 'all'];
    await bed.install(args);
    const times = () => Object.keys(bed.tree()).map((name) => statSync(bed.inHome(name)).ctimeMs);
    const before = [bed.tree(), times()];
    const again = await bed.install(args);
    expect([bed.tree(), times()]).toEqual(before);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Nothing to do: Autoloop is installed.');
    expect(planned(again, 'Skips')).toHaveLength(5);
  });

  it.each([
    ['codex', ['codex']],
    ['agents', ['agents']],
    ['claude', ['claude']],
    ['all', ['codex', 'agents', 'claude']],
    ['none', []],
  ] as const)('the skill for --skill-target %s', async (target, expected) => {
    const bed = makeBed();
    await bed.install([`--prebuilt=${bed.program('1.0.0')}`, `--skill-target=${target}`]);
    expect(filesOf(bed)).toEqual([BINARY, LAUNCHER, ...expected.map((name) => SKILLS[name])].sort());
  });

  it('into the folders that the variables name, relative ones too', async () => {
    const bed = makeBed();
    const env = {
      AUTOLOOP_INSTALL_ROOT: bed.inHome('apps/auto loop'),
      AUTOLOOP_BIN_DIR: 'some body/my bin/',
      CODEX_HOME: bed.inHome('codex home'),
      CODEX_AGENTS_SKILLS_DIR: bed.inHome('skills'),
    };
    const args = ['--prebuilt', bed.program('1.0.0')];
    await bed.install(args, { env });
    const skills = ['codex home/skills/autoloop/SKILL.md', 'skills/autoloop/SKILL.md'];
    const rest = ['apps/auto loop/autoloop', 'apps/auto loop/manifest', 'my bin/autoloop'];
    expect(filesOf(bed)).toEqual([...skills, ...rest].sort());
    await bed.install([...args, '--skill-target', 'codex'], {
      env: { ...env, CODEX_SKILLS_DIR: bed.inHome('codex skills') },
    });
    expect(filesOf(bed)).toContain('codex skills/autoloop/SKILL.md');
    await bed.install(['--uninstall'], { env });
    expect(bed.tree()).toEqual({});
  });

  it('what lies beside it in an unpacked release, and the skill of the program where there is no other', async () => {
    const bed = makeBed();
    cpSync(bed.program('3.0.0'), path.join(bed.release, 'autoloop'));
    rmSync(path.join(bed.release, 'skill'), { recursive: true });
    expect(await bed.install([])).toMatchObject({ code: 0, stderr: '' });
    expect(bed.tree()[SKILLS.codex]).toBe('644 skill of 3.0.0\n');
  });

  it('and is ready where git, an agent and the PATH are there', async () => {
    const bed = makeBed();
    const ready = { env: { PATH: `${bed.root}/tools:${bed.inHome('.local/bin')}:/usr/bin:/bin` } };
    const programs = { git: '', codex: '' };
    const done = await bed.install(['--prebuilt', bed.program('1.0.0')], { ...ready, programs });
    expect(done.stdout).toMatch(/Final status: installed and ready\.\n$/);
    const shadowed = { ...ready, programs: { ...programs, autoloop: '' } };
    const other = await bed.install(['--prebuilt', bed.program('1.0.0')], shadowed);
    expect(planned(other, 'Advisories')).toContain(`another autoloop comes first on PATH: ${bed.root}/tools/autoloop`);
    expect(other.stdout).toMatch(/Final status: installed but not ready\.\n$/);
  });

  it('with the line that puts it on PATH, for the shell in use, and what else is to be done', async () => {
    const bed = makeBed();
    const args = ['--dry-run', '--prebuilt', bed.program('1.0.0')];
    expect(planned(await bed.install(args), 'Advisories')).toContain(`${bed.inHome('.local/bin')} is not on PATH`);
    const shells = {
      '/bin/bash': '~/.bashrc: export PATH=',
      '/bin/zsh': '~/.zshrc: export PATH=',
      '/usr/bin/fish': '',
    };
    for (const [SHELL, words] of Object.entries(shells)) {
      const { stdout } = await bed.install(args.slice(1), { env: { SHELL } });
      expect(stdout).toContain(
        words === '' ? `fish_add_path "${bed.inHome('.local/bin')}"` : `${words}"${bed.inHome('.local/bin')}:$PATH"`,
      );
      expect(stdout).toContain('npm i -g @openai/codex');
      expect(stdout).toContain('claude auth status');
    }
  });
});

describe('install.sh refuses, with one ERROR and nothing changed,', () => {
  it('to replace a launcher or a skill file without --overwrite', async () => {
    const bed = makeBed();
    bed.write(LAUNCHER, 'mine\n');
    bed.write(SKILLS.agents, 'mine\n');
    const before = bed.tree();
    const args = ['--prebuilt', bed.program('1.0.0')];
    for (const more of [[], ['--recreate'], ['--dry-run']]) {
      const refused = await bed.install([...args, ...more]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^ERROR: .*--overwrite replaces it.*\n$/);
      expect(planned(refused, 'Blockers')).toHaveLength(2);
      expect(bed.tree()).toEqual(before);
    }
    const done = await bed.install([...args, '--overwrite']);
    expect(done.code).toBe(0);
    expect(planned(done, 'Overwrites')).toHaveLength(2);
    expect(bed.tree()).toMatchObject({
      [LAUNCHER]: expect.stringContaining(bed.inHome(BINARY)) as string,
      [SKILLS.agents]: `644 ${SKILL}`,
    });
  });

  it('to replace another program without --recreate or its older name', async () => {
    const bed = makeBed();
    await bed.install(['--prebuilt', bed.program('1.0.0')]);
    const before = bed.tree();
    const newer = ['--prebuilt', bed.program('2.0.0')];
    const refused = await bed.install([...newer, '--overwrite']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERROR: .*--recreate replaces it.*\n$/) as string,
    });
    expect(bed.tree()).toEqual(before);
    await bed.install([...newer, '--recreate']);
    expect(bed.tree()[BINARY]).toContain('2.0.0');
    await bed.install(['--prebuilt', bed.program('1.0.0'), '--recreate-venv']);
    expect(bed.tree()).toEqual(before);
  });

  it('a folder for the launcher that cannot be written to', async () => {
    const bed = makeBed();
    bed.makeFolder('.local/bin', 0o555);
    const before = bed.tree();
    const refused = await bed.install(['--prebuilt', bed.program('1.0.0')]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^ERROR: .*\.local\/bin cannot be written to: AUTOLOOP_BIN_DIR sets another.*\n$/);
    expect(bed.tree()).toEqual(before);
  });

  it('a folder in the place of a file, and a file in the place of a folder', async () => {
    const bed = makeBed();
    bed.makeFolder(LAUNCHER);
    bed.write('.codex', 'a file\n');
    const before = bed.tree();
    const refused = await bed.install(['--prebuilt', bed.program('1.0.0'), '--overwrite', '--recreate']);
    expect(planned(refused, 'Blockers').join('\n')).toMatch(/autoloop is a folder.*\n.*\.codex is not a folder/);
    expect(bed.tree()).toEqual(before);
  });

  it.each([
    [['--prefix=/usr'], /^ERROR: unknown argument: --prefix=\/usr .*\n$/],
    [['extra'], /^ERROR: unknown argument: extra .*\n$/],
    [['--skill-target', 'cursor'], /^ERROR: --skill-target cursor: it must be both, codex, .*\n$/],
    [['--prebuilt'], /^ERROR: --prebuilt needs a value\n$/],
    [['--prebuilt', '/nowhere/autoloop'], /^ERROR: --prebuilt \/nowhere\/autoloop is not a file\n$/],
    [['--uninstall', '--overwrite'], /^ERROR: --uninstall goes with --dry-run only.*\n$/],
    [[], /^ERROR: incomplete checkout: .*package\.json is missing.*\n$/],
  ])('the arguments %j', async (args, error) => {
    const bed = makeBed();
    expect(await bed.install(args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(error) as string,
    });
    expect(bed.tree()).toEqual({});
  });

  it('a program that does not run here', async () => {
    const bed = makeBed();
    bed.write('broken', 'no program\n');
    const before = bed.tree();
    const refused = await bed.install(['--prebuilt', bed.inHome('broken')]);
    expect(refused.stderr).toMatch(/^ERROR: .*broken does not run on this machine: .+\. Nothing was changed\.\n$/);
    expect(bed.tree()).toEqual(before);
  });

  it('a full disk', async () => {
    const bed = makeBed();
    const programs = { cp: 'head -c 9 "$1" >"$2"; echo "cp: error writing $2: No space left on device" >&2; exit 1\n' };
    const refused = await bed.install(['--prebuilt', bed.program('1.0.0')], { programs });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERROR: .*No space left on device.*\n$/) as string,
    });
    expect(bed.tree()).toEqual({});
  });
});

describe('an interrupted installation', () => {
  // The copy is cut off in its middle, and the whole process group ended.
  const cutOffBy = (signal: string) => ({ cp: `head -c 9 "$1" >"$2"; kill -${signal} 0; sleep 10\n` });

  it('leaves nothing after SIGINT or SIGTERM', async () => {
    for (const [name, code] of Object.entries({ INT: 130, TERM: 143 })) {
      const bed = makeBed();
      const cut = await bed.install(['--prebuilt', bed.program('1.0.0')], { programs: cutOffBy(name) });
      expect({ name, code: cut.code, tree: bed.tree() }).toEqual({ name, code, tree: {} });
    }
  });

  it('leaves the previous one working after SIGKILL, and the next one clears up', async () => {
    const bed = makeBed();
    await bed.install(['--prebuilt', bed.program('1.0.0')]);
    const before = filesOf(bed);
    const newer = ['--prebuilt', bed.program('2.0.0'), '--recreate'];
    expect(await bed.install(newer, { programs: cutOffBy('KILL') })).toMatchObject({ signal: 'SIGKILL' });
    expect(execFileSync(bed.inHome(LAUNCHER), ['--version'], { encoding: 'utf8' })).toBe('1.0.0\n');
    expect(filesOf(bed)).toHaveLength(before.length + 1);
    const again = await bed.install(newer);
    expect(planned(again, 'Deletes')).toEqual([expect.stringContaining('left by an interrupted installation')]);
    expect(execFileSync(bed.inHome(LAUNCHER), ['--version'], { encoding: 'utf8' })).toBe('2.0.0\n');
    expect(filesOf(bed)).toEqual(before);
  });

  it.each([1, 2, 3, 4, 5])('can be finished or removed when it is cut off before rename %i', async (nth) => {
    const bed = makeBed();
    const counter = bed.inHome('count');
    const mv = `echo >>"${counter}"; [ "$(wc -l <"${counter}")" -lt ${nth} ] || kill -KILL 0; exec /bin/mv "$@"\n`;
    const args = ['--prebuilt', bed.program('1.0.0')];
    const cutOff = async () => {
      expect(await bed.install(args, { programs: { mv } })).toMatchObject({ signal: 'SIGKILL' });
      rmSync(counter);
    };
    await cutOff();
    expect(await bed.install(args)).toMatchObject({ code: 0, stderr: '' });
    expect(filesOf(bed)).toEqual([SKILLS.agents, SKILLS.codex, LAUNCHER, BINARY].sort());
    await bed.install(['--uninstall']);
    expect(filesOf(bed)).toEqual([]);
    await cutOff();
    await bed.install(['--uninstall']);
    // Before the first rename, the manifest's, there is nothing yet but what the next installation clears up.
    expect(filesOf(bed).filter((name) => nth > 1 || !name.includes('.autoloop-new.'))).toEqual([]);
  });
});

describe('install.sh --uninstall', () => {
  it('leaves everything as it was before the installation', async () => {
    const bed = makeBed();
    bed.write('.codex/config.toml', 'mine\n');
    bed.makeFolder('.local/bin');
    const before = bed.tree();
    await bed.install(['--prebuilt', bed.program('1.0.0'), '--skill-target', 'codex']);
    await bed.install(['--prebuilt', bed.program('2.0.0'), '--skill-target', 'claude', '--recreate']);
    const installed = bed.tree();
    const dry = await bed.install(['--uninstall', '--dry-run']);
    expect(bed.tree()).toEqual(installed);
    const done = await bed.install(['--uninstall']);
    expect(bed.tree()).toEqual(before);
    expect(planned(done, 'Deletes')).toEqual(planned(dry, 'Deletes'));
    expect(done).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/Final status: removed\.\n$/) as string,
    });
    const again = await bed.install(['--uninstall']);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to remove') as string });
  });

  it('keeps what the user changed or put there', async () => {
    const bed = makeBed();
    const args = ['--prebuilt', bed.program('1.0.0')];
    bed.write(SKILLS.agents, SKILL); // There before: not installed by the installer.
    await bed.install(args);
    appendFileSync(bed.inHome(SKILLS.codex), 'and mine\n');
    bed.write('.local/share/autoloop/notes', 'mine\n');
    rmSync(bed.inHome(LAUNCHER));
    bed.write(LAUNCHER, 'mine\n');
    const done = await bed.install(['--uninstall']);
    expect(filesOf(bed)).toEqual([SKILLS.agents, SKILLS.codex, LAUNCHER, '.local/share/autoloop/notes'].sort());
    expect(planned(done, 'Skips')).toHaveLength(2);
  });
});

describe('the text of install.sh', () => {
  it('has nothing that bash 3.2 does not know', () => {
    const newer =
      /\b(?:declare|local|typeset) -[A-Za-z]*[An]|\bmapfile\b|\breadarray\b|\bcoproc\b|\|&|&>>|\$\{\w+(?:,|\^)|\$\{\w+@/;
    const lines = readFileSync(SCRIPT, 'utf8').split('\n');
    expect(lines.filter((line) => newer.test(line))).toEqual([]);
    expect(spawnSync('bash', ['-n', SCRIPT], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('has nothing that shellcheck objects to', ({ skip }) => {
    const checked = spawnSync('shellcheck', [SCRIPT], { encoding: 'utf8' });
    if (checked.error !== undefined) skip('shellcheck is not installed here');
    expect(checked.stdout).toBe('');
  });

  it('uses no sudo and touches no profile of a shell', () => {
    const code = readFileSync(SCRIPT, 'utf8').replace(/^usage\(\) \{[\s\S]*?^\}/m, '');
    expect(code).not.toMatch(/^\s*sudo |>>? *"?(?:~|\$HOME)\/\./m);
  });
});

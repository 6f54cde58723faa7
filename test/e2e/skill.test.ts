import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { InstallBed } from '../support/install-bed.ts';

const BINARY = path.join(PROJECT, 'dist/autoloop');
const SKILL = readFileSync(path.join(PROJECT, 'skill/SKILL.md'), 'utf8');

function makeBed() {
  const bed = new InstallBed();
  onTestFinished(() => {
    bed[Symbol.dispose]();
  });
  return bed;
}

function skill(bed: InstallBed, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(BINARY, ['skill', ...args], {
    cwd: bed.root,
    encoding: 'utf8',
    env: { HOME: bed.home, PATH: '/usr/bin:/bin', ...env },
  });
  return { status, stdout, stderr };
}

describe('autoloop skill', () => {
  it('prints the skill', () => {
    expect(skill(makeBed(), [])).toEqual({ status: 0, stdout: SKILL, stderr: '' });
  });

  it('installs it to where install.sh does, which then has nothing left to do for it', async () => {
    const elsewhere = { CODEX_HOME: 'codex home', CODEX_AGENTS_SKILLS_DIR: 'agents skills' };
    for (const folders of [{}, elsewhere, { CODEX_SKILLS_DIR: 'codex skills', CODEX_HOME: 'unused' }]) {
      const [ours, theirs] = [makeBed(), makeBed()];
      const inHome = (bed: InstallBed): Record<string, string> =>
        Object.fromEntries(
          Object.entries(folders).map(([name, folder]: [string, string]) => [name, bed.inHome(folder)]),
        );
      for (const agent of ['codex', 'agents', 'claude']) {
        expect(skill(ours, ['--install', agent], inHome(ours))).toMatchObject({ status: 0 });
      }
      const args = ['--prebuilt', theirs.program('1.0.0'), '--skill-target', 'all'];
      await theirs.install(args, { env: inHome(theirs) });
      const skills = (bed: InstallBed) => Object.keys(bed.tree()).filter((name) => name.endsWith('SKILL.md'));
      expect(skills(ours)).toEqual(skills(theirs));
      expect(skills(ours)).toHaveLength(3);
      expect(skills(ours).map((name) => ours.tree()[name])).toEqual(Array(3).fill(`644 ${SKILL}`));
    }
  });

  it('says so when it is there already, and replaces a different file only with --overwrite', () => {
    const bed = makeBed();
    const file = bed.inHome('.claude/skills/autoloop/SKILL.md');
    expect(skill(bed, ['--install', 'claude'])).toEqual({ status: 0, stdout: `Installed: ${file}\n`, stderr: '' });
    expect(skill(bed, ['--install', 'claude'])).toEqual({ status: 0, stdout: `Already there: ${file}\n`, stderr: '' });
    appendFileSync(file, 'mine\n');
    const refused = skill(bed, ['--install', 'claude']);
    expect(refused).toEqual({
      status: 1,
      stdout: '',
      stderr: `error: ${file} exists and is different\nAdd --overwrite to replace it.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe(`${SKILL}mine\n`);
    expect(skill(bed, ['--install', 'claude', '--overwrite']).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(SKILL);
  });

  it('refuses an unknown agent, a useless --overwrite and a place that is no file, in one or two lines', () => {
    const bed = makeBed();
    expect(skill(bed, ['--install', 'cursor'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: .*Allowed choices are codex, agents, claude\.\n$/) as string,
    });
    expect(skill(bed, ['--overwrite'])).toMatchObject({
      status: 2,
      stderr: 'error: --overwrite goes with --install\n',
    });
    mkdirSync(bed.inHome('.claude/skills/autoloop/SKILL.md'), { recursive: true });
    writeFileSync(bed.inHome('.codex'), 'a file\n');
    for (const agent of ['claude', 'codex']) {
      const { status, stderr } = skill(bed, ['--install', agent, '--overwrite']);
      expect({ status, lines: stderr.split('\n').length }, stderr).toEqual({ status: 1, lines: 2 });
    }
  });
});

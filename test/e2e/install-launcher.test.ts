import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InstallBed } from '../support/install-bed.ts';

const BINARY = '.local/share/autoloop/autoloop';
const LAUNCHER = '.local/bin/autoloop';
const CLAUDE_SKILL = '.claude/skills/autoloop/SKILL.md';

describe('the installed launcher', () => {
  it('hands no order of the environment on to what the program is compiled with, and takes the place of an older link', async () => {
    using bed = new InstallBed();
    await bed.install(['--prebuilt', bed.program('1.0.0')]);
    bed.write(BINARY, '#!/bin/sh\necho "${BUN_OPTIONS-unset} ${BUN_BE_BUN-unset} $2"\n');
    const env = { ...process.env, BUN_OPTIONS: '--print 1', BUN_BE_BUN: '1' };
    const said = execFileSync(bed.inHome(LAUNCHER), ['a', "it's two"], { encoding: 'utf8', env });
    expect(said).toBe("unset unset it's two\n");
    rmSync(bed.inHome(LAUNCHER));
    symlinkSync(bed.inHome(BINARY), bed.inHome(LAUNCHER));
    const again = await bed.install(['--prebuilt', bed.program('1.0.0'), '--recreate']);
    expect(again.code).toBe(0);
    expect(bed.tree()[LAUNCHER]).toMatch(/^755 #!\/bin\/sh\n/);
  });
});

describe('a plain installation', () => {
  it('has the skill of claude where claude has its folder, and prints no section that is empty', async () => {
    using bed = new InstallBed();
    const program = bed.program('1.0.0');
    const without = await bed.install(['--prebuilt', program, '--dry-run']);
    expect(without.stdout).not.toContain(CLAUDE_SKILL);
    bed.makeFolder('.claude');
    const done = await bed.install(['--prebuilt', program]);
    expect(bed.tree()[CLAUDE_SKILL]).toMatch(/^644 /);
    expect(done.stdout).toContain(`Skill for claude: ${bed.inHome(CLAUDE_SKILL)}\n`);
    expect(done.stdout).not.toMatch(/\(none\)|^(?:Overwrites|Deletes|Skips|Blockers):/m);
    const named = await bed.install(['--prebuilt', program, '--skill-target', 'both', '--dry-run']);
    expect(named.stdout).not.toContain('.claude');
  });
});

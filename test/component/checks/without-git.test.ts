import { afterEach, describe, expect, it } from 'vitest';
import { CheckBed } from '../../support/check-bed.ts';
import { OLD_TESTS, SHELL_PROJECT, WITH_MUL } from '../../support/shell-project.ts';

let bed: CheckBed;
afterEach(() => bed.close());

const CHECKS = [{ run: 'sh tests/run.sh', parser: 'tap' as const }];
const open = (mostFiles?: number) =>
  (bed = new CheckBed({
    files: SHELL_PROJECT,
    checks: CHECKS,
    withoutGit: mostFiles === undefined ? {} : { mostFiles },
  }));

describe('checks of a folder without git', () => {
  it('are not trusted where more files lie than can be looked at: that is said before anything is spent, and at the end', async () => {
    open(3);
    const { verdict, gating } = await bed.judge({ 'lib.sh': WITH_MUL });
    expect(verdict).toBe('failed');
    expect(gating).toEqual([
      'the work of this run has nothing to be compared with: more than 3 files lie here, too many to look at without git',
    ]);
    expect(bed.warnings).toEqual([
      'more than 3 files lie here, too many to look at without git: the run will end as unverified. Use a git repository or a smaller folder, or --no-checks',
    ]);
  });

  it('are as good as elsewhere while no guard is edited, and take an edited one for what nobody can check', async () => {
    open();
    expect((await bed.judge({ 'lib.sh': WITH_MUL.replace('$1 - $2', '$1') })).gating.join('\n')).toMatch(/subtracts/);
    const { gating } = await bed.judge({ 'lib.sh': WITH_MUL, 'tests/t_add.sh': `# tidy\n${OLD_TESTS}` });
    expect(gating.join('\n')).toMatch(/tests\/t_add\.sh/);
    expect(bed.warnings).toEqual([]);
  });
});

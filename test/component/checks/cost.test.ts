import { afterEach, describe, expect, it } from 'vitest';
import { CheckBed } from '../../support/check-bed.ts';
import { OLD_TESTS, SHELL_PROJECT, WITH_MUL } from '../../support/shell-project.ts';

let bed: CheckBed;
afterEach(() => bed.close());

describe('a check point on a state that was judged before', () => {
  it('costs no check, and no more than four git processes, whatever was done to guards', async () => {
    const files = { ...SHELL_PROJECT, Makefile: 'check:\n\tsh tests/run.sh\n', link: '->lib.sh' };
    bed = new CheckBed({ files, checks: [{ run: 'sh tests/run.sh', parser: 'tap' }] });
    const { runs } = await bed.judge({
      'lib.sh': WITH_MUL,
      'tests/t_add.sh': `# tidy\n${OLD_TESTS}`,
      'tests/t_mul.sh': 'ok "$(mul 3 4 2>/dev/null)" 12 multiplies\n',
      'package.json': '{"scripts": {"test": "sh tests/run.sh"}}\n',
      link: '->README.md',
    });
    expect(runs).toBeGreaterThanOrEqual(3);
    const { runs: more, gits } = await bed.again();
    expect(more).toBe(0);
    expect(gits).toBeLessThanOrEqual(4);
  });
});

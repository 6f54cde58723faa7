import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BedOptions, CheckBed } from '../../support/check-bed.ts';
import { SHELL_PROJECT, WITH_MUL } from '../../support/shell-project.ts';

let bed: CheckBed;
afterEach(() => bed.close());
const open = (options: BedOptions) => (bed = new CheckBed(options));

/** A project whose check needs a file that git ignores, so that it runs in the work tree. */
const NEEDS_LOCAL: BedOptions = {
  files: { ...SHELL_PROJECT, '.gitignore': 'local.sh\n' },
  checks: [{ run: '. ./local.sh && sh tests/run.sh', parser: 'tap' }],
  prepare: (folder) => writeFileSync(path.join(folder, 'local.sh'), 'begun=1\n'),
  leaves: ['more.sh'],
};
const IN_TWO_FILES = {
  'lib.sh': `. ./more.sh\n${WITH_MUL.replace(/^sub.*$/m, '')}`,
  'more.sh': 'sub() { echo $(($1 - $2)); }\n',
};

describe('a check that runs in the work tree', () => {
  it('says nothing of the last checkpoint, which is not there: neither now nor when it is', async () => {
    open(NEEDS_LOCAL);
    const { verdict, runs } = await bed.judge(IN_TWO_FILES);
    expect(bed.warnings.join('\n')).toMatch(/fails in a clean copy and passes here/);
    expect({ verdict, runs }).toEqual({ verdict: 'passed', runs: 1 });
    rmSync(path.join(bed.work, 'more.sh'));
    expect(await bed.again()).toMatchObject({ verdict: 'failed' });
  });

  it('is not judged on other files than those of its base, where that is gone', async () => {
    open({ files: { 'lib.sh': WITH_MUL }, withoutGit: {} });
    const { gating } = await bed.judge({ Makefile: 'test:\n\tfalse\n' });
    expect(gating.join('\n')).toMatch(/make.*is new, and fails/);
  });
});

describe('a file that git ignores and runners load by themselves, where a check runs in the work tree', () => {
  const quiet = { 'lib.sh': WITH_MUL.replace('$1 - $2', '$2 - $1') };
  const project = (before: string | null): BedOptions => ({
    files: { ...SHELL_PROJECT, Makefile: '-include local.mk\ntest:\n\t@sh tests/run.sh $(MORE)\n' },
    checks: [{ run: '. ./local.sh && make -s test', parser: 'tap' }],
    prepare: (folder) => {
      writeFileSync(path.join(folder, '.git/info/exclude'), 'local.*\n');
      writeFileSync(path.join(folder, 'local.sh'), 'begun=1\n');
      if (before !== null) writeFileSync(path.join(folder, 'local.mk'), before);
    },
  });
  const HIDES = "MORE = | sed -e 's/^not ok/ok/' ; true\n";

  it.each([
    ['that an agent added', null],
    ['that an agent changed', 'MORE =\n'],
  ])('%s has to be announced', async (_title, before) => {
    open(project(before));
    const { gating } = await bed.judge({ ...quiet, 'local.mk': HIDES });
    expect(gating).toEqual([expect.stringMatching(/^local\.mk decides what checks say.*git ignores it/)]);
  });

  it('is no agent’s while it is as it was', async () => {
    open(project('MORE =\n'));
    expect(await bed.judge({ 'lib.sh': WITH_MUL })).toMatchObject({ verdict: 'passed', gating: [] });
  });
});

describe('a check that a run has written', () => {
  it('fails on the base for itself, and is not taken to the work tree for that', async () => {
    open({ files: { 'lib.sh': WITH_MUL } });
    expect(await bed.judge({ Makefile: 'test:\n\ttrue\n' })).toMatchObject({ verdict: 'passed' });
    expect(bed.warnings).toEqual([]);
  });
});

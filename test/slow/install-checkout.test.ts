import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InstallBed, planned } from '../support/install-bed.ts';
import { PROJECT } from '../support/compiled.ts';

describe('install.sh in a checkout', () => {
  const makeCheckout = () => {
    const bed = new InstallBed();
    onTestFinished(() => bed[Symbol.dispose]());
    for (const name of ['src', 'scripts', 'package.json', 'package-lock.json']) {
      cpSync(path.join(PROJECT, name), path.join(bed.release, name), { recursive: true });
    }
    symlinkSync(path.join(PROJECT, 'node_modules'), path.join(bed.release, 'node_modules'));
    return bed;
  };

  it('builds the program and installs it; again, there is nothing to do', async () => {
    const bed = makeCheckout();
    const options = {
      asMyself: true,
      env: { PATH: `${bed.root}/tools:${process.env['PATH'] ?? ''}` },
      // The packages are this project's own, behind a link: nothing may be installed there.
      programs: { npm: '[ "$1" != ci ] || exit 9\nPATH=${PATH#*:} exec npm "$@"\n' },
    };
    const done = await bed.install([], options);
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
    const says = execFileSync(bed.inHome('.local/bin/autoloop'), ['--version', '--verbose'], { encoding: 'utf8' });
    expect(says).toMatch(/^autoloop \d+\.\d+\.\d+ \(commit unknown\)\n/);
    const again = await bed.install([], options);
    expect(again.stdout).toContain('Nothing to do');
    expect(planned(again, 'Advisories').join()).toContain('--recreate builds it anew');
  });

  it('names what is missing: node, npm, a file', async () => {
    const bed = makeCheckout();
    const env = { PATH: path.join(bed.root, 'tools') };
    const tools = Object.fromEntries(['uname', 'dirname', 'cat'].map((name) => [name, `exec /usr/bin/${name} "$@"\n`]));
    for (const [missing, programs] of Object.entries({ node: tools, npm: { ...tools, node: '' } })) {
      const refused = await bed.install([], { env, programs });
      expect(refused.stderr).toMatch(new RegExp(`^ERROR: ${missing} is missing, .*\n$`));
    }
    rmSync(path.join(bed.release, 'src/main.ts'));
    expect((await bed.install([])).stderr).toMatch(/^ERROR: incomplete checkout: .*src\/main\.ts is missing.*\n$/);
  });
});

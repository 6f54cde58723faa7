import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { until } from '../support/supervised-processes.ts';

const NAME = process.platform === 'darwin' ? 'open' : 'xdg-open';

/** In the place of what opens a browser; `$1` is what it is asked to show. */
function putOpener(rig: Rig, shell: string): void {
  const file = path.join(rig.sandbox.root, 'bin', NAME);
  writeFileSync(file, `#!/bin/sh\n${shell}\n`);
  chmodSync(file, 0o755);
}

describe('autoloop serve --open', () => {
  it('shows the page by way of a file that only its user can read, which goes with it; no argument has the token', async () => {
    await using rig = await createRig();
    const seen = path.join(rig.sandbox.root, 'seen');
    putOpener(
      rig,
      `ls -l "$1" > ${seen}.mode; cat "$1" > ${seen}.page; echo "$1" > ${seen}.part; mv ${seen}.part ${seen}`,
    );
    const running = rig.start(['serve', '--open']);
    const [, url = ''] = await running.sees(/^(http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+)$/m);
    await until('the opener was started', () => existsSync(seen));
    const file = readFileSync(seen, 'utf8').trim();
    expect(readFileSync(`${seen}.page`, 'utf8')).toContain(`url=${url}"`);
    expect(readFileSync(`${seen}.mode`, 'utf8')).toMatch(/^-rw-------/);
    expect(file).not.toContain(url.split('=')[1]);
    running.signal('SIGTERM');
    expect((await running.done).code).toBe(143);
    expect(existsSync(file)).toBe(false);
  });

  it('goes on where no browser can be opened, and says so', async () => {
    await using rig = await createRig();
    putOpener(rig, 'exit 3');
    const running = rig.start(['serve', '--open']);
    await running.sees(/xdg-open ended with 3; open the address by hand|open ended with 3/);
    running.signal('SIGTERM');
    expect((await running.done).code).toBe(143);
  });
});

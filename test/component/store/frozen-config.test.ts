import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentsConfiguration, refuseAgentsConfiguration, watchConfiguration } from '../../../src/work/frozen-config.ts';
import { temporaryFolder } from './rig.ts';

function bed(before: string | null) {
  const [workspace, machine] = [temporaryFolder(), temporaryFolder()];
  const file = path.join(workspace, 'autoloop.yaml');
  const write = (text: string | null) => (text === null ? rmSync(file, { force: true }) : writeFileSync(file, text));
  write(before);
  const watch = watchConfiguration(workspace, machine);
  const start = (accept = false) => refuseAgentsConfiguration(workspace, machine, accept);
  const refused = () => agentsConfiguration(workspace, machine)?.message;
  return { folder: workspace, write, watch, start, refused };
}

const LIMIT = 'runtime:\n  max_turns: 4\n';
const LOOSE = 'runtime:\n  max_turns: 900\n';

describe('the configuration that an agent left', () => {
  it.each([
    ['changed', LIMIT, LOOSE],
    ['made', null, LOOSE],
    ['removed', LIMIT, null],
  ])('is named and refused at the next start with its keys when it was %s', (_, before, after) => {
    const { write, watch, start, refused } = bed(before);
    watch.begin();
    write(after);
    expect(watch.end()).toBe('autoloop.yaml');
    expect(refused()).toMatch(/as an agent left it.*runtime\.max_turns/);
    expect(() => start()).toThrow(/as an agent left it.*runtime\.max_turns/);
  });

  it.each(['leads elsewhere', 'is the same and what it leads to is not'])(
    'is refused where a person keeps it behind a link that %s',
    (how) => {
      const { folder, watch, refused } = bed(null);
      const [file, kept] = [path.join(folder, 'autoloop.yaml'), path.join(folder, 'kept.yaml')];
      writeFileSync(kept, LIMIT);
      symlinkSync('kept.yaml', file);
      watch.begin();
      if (how === 'leads elsewhere') {
        rmSync(file);
        writeFileSync(path.join(folder, 'other.yaml'), LOOSE);
        symlinkSync('other.yaml', file);
      } else writeFileSync(kept, LOOSE);
      expect(watch.end()).toBe('autoloop.yaml');
      expect(refused()).toMatch(/as an agent left it.*runtime\.max_turns/);
    },
  );

  it('is refused where a link took the place of the file, though it leads to the same', () => {
    const { folder, write, watch, refused } = bed(LIMIT);
    watch.begin();
    write(null);
    writeFileSync(path.join(folder, 'kept.yaml'), LIMIT);
    symlinkSync('kept.yaml', path.join(folder, 'autoloop.yaml'));
    expect(watch.end()).toBe('autoloop.yaml');
    expect(refused()).toMatch(/as an agent left it.*what it sets is the same/);
  });

  it('counts as a person’s once it was accepted, restored, or changed again', () => {
    const { write, watch, start } = bed(LIMIT);
    watch.begin();
    write(LOOSE);
    watch.end();
    write(LIMIT);
    expect(() => start()).not.toThrow();
    write('runtime:\n  max_turns: 20\n');
    expect(() => start()).not.toThrow();
    write(LOOSE);
    expect(() => start()).toThrow();
    start(true);
    expect(() => start()).not.toThrow();
  });

  it('is refused also when the program died before the turn ended', () => {
    const { write, watch, start } = bed(LIMIT);
    watch.begin();
    write(LOOSE);
    expect(() => start()).toThrow(/as an agent left it/);
  });

  it('is nothing to speak of when no turn changed it', () => {
    const { watch, start } = bed(LIMIT);
    watch.begin();
    expect(watch.end()).toBeNull();
    expect(() => start()).not.toThrow();
  });
});

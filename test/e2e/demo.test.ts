import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documented } from '../docs/first-hour.ts';
import { PROJECT } from '../support/compiled.ts';
import { notPrinted } from '../support/transcript.ts';

/** The columns of the terminal in the README's picture. */
const COLUMNS = 84;

/** What the README's picture shows of the demo, without its prompt and the lines that it leaves out. */
function transcript(): string[] {
  const picture = readFileSync(path.join(PROJECT, 'docs/pictures/run-light.svg'), 'utf8');
  const rows = new Map<string, string>();
  for (const [, y = '', text = ''] of picture.matchAll(/<text [^>]*\by="(\d+)"[^>]*>([^<]*)<\/text>/g)) {
    rows.set(y, (rows.get(y) ?? '') + text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
  }
  const lines: string[] = [];
  let isFull = false;
  for (const row of rows.values()) {
    lines.push(isFull ? `${lines.pop() ?? ''}${row}` : row);
    isFull = row.length === COLUMNS;
  }
  return lines.filter((line) => line !== '…' && !line.startsWith('$ '));
}

describe('the demo', () => {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'demo-')));
  const project = path.join(home, 'de mo');
  let stdout = '';

  // As a user who has nothing but a shell and git.
  const run = (args: readonly string[]) =>
    spawnSync('sh', ['-c', 'exec "$@" 2>&1', 'sh', path.join(PROJECT, 'dist/autoloop'), ...args], {
      cwd: home,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });

  beforeAll(() => {
    const ran = run(['demo', '--workspace', project]);
    if (ran.status !== 0) throw new Error(ran.stdout);
    stdout = ran.stdout;
    return () => {
      rmSync(home, { recursive: true, force: true });
    };
  });

  it('prints what the README’s picture shows of it', () => {
    expect(transcript().length).toBeGreaterThan(20);
    expect(notPrinted(transcript(), stdout)).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints what docs/first-hour.md shows of it', () => {
    const [command, ...lines] = documented('demo');
    expect(command).toBe('$ autoloop demo');
    expect(lines.length).toBeGreaterThan(100);
    expect(notPrinted(lines, stdout)).toEqual([]);
  });

  it('ends with what was built and written, where it says', () => {
    const command = /^What was built:\n {2}(.*)$/m.exec(stdout)?.[1] ?? '';
    expect(execFileSync('sh', ['-c', command], { cwd: home, encoding: 'utf8' })).toBe('MMXXVI\n');
    const artifact = /^ {2}(run-\S+\/plan\.md)$/m.exec(stdout)?.[1] ?? '';
    expect(existsSync(path.join(project, '.autoloop/tasks/demo/runs', artifact))).toBe(true);
  });

  it('goes on in a demo that was begun, and not in a project in which somebody had the rehearsal agent work', () => {
    const theirs = path.join(home, 'theirs');
    mkdirSync(path.join(theirs, 'roman/tests'), { recursive: true });
    writeFileSync(path.join(theirs, 'roman/tests/run.sh'), '');
    const refused = run(['demo', '--workspace', theirs]);
    expect(refused.stdout).toMatch(/holds files already, and the demo would commit among them/);
    expect([refused.status, readdirSync(theirs)]).toEqual([2, ['roman']]);
    const again = run(['demo', '--workspace', project]);
    expect(again.stdout).not.toMatch(/holds files already/);
  });

  it('shows a lie that the check found, and where its report is', () => {
    expect(stdout).toMatch(/sources as they are: 1 passed, 5 failed[^]*?--- implement cycle 2/);
    const reports = [...stdout.matchAll(/^ {2}(\/.*\/report\.html)$/gm)].map(([, file = '']) => file);
    expect(reports).toHaveLength(2);
    expect(readFileSync(reports.at(-1) ?? '', 'utf8')).toContain('roman.sh 4000');
  });

  it('ends with the lines of a real run, with codex and with claude', () => {
    expect(stdout).toMatch(/^A real run, with codex, and with claude:\n {2}.*autoloop --intent .*\n {2}.*\n$/m);
    expect(stdout).toContain('autoloop init --provider claude && autoloop --intent');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createDemoWorkspace } from '../../src/rehearsal/demo-project.ts';
import { PROJECT } from '../support/compiled.ts';
import { type, type Typed } from '../support/transcript.ts';

const LEFT_OUT = '…';

/** The commands that the README shows under this heading, each with what it prints there. */
function shownBelow(heading: string): Typed[] {
  const readme = readFileSync(path.join(PROJECT, 'README.md'), 'utf8');
  const block = new RegExp(`^## ${heading}\\n[^#]*?^\`\`\`console\\n([^]*?)^\`\`\``, 'm').exec(readme)?.[1] ?? '';
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ command: text.split('\n')[0] ?? '', output: text.slice(text.indexOf('\n') + 1) }));
}

/** A length of time at the end of a line is another one each time. */
const neutralTime = (line: string) => line.replace(/\b(?:\d+ min )?\d+ s$/, 'TIME');

/** Commits by the order in which they are named, so that two which are the same must stay so. */
function neutral(lines: readonly string[]): string[] {
  const commits = new Map<string, string>();
  const numbered = (id: string) => {
    if (!commits.has(id)) commits.set(id, `COMMIT ${commits.size}`);
    return commits.get(id) ?? '';
  };
  return lines.map(neutralTime).map((line) => line.replaceAll(/\b[0-9a-f]{10}\b/g, numbered));
}

const linesOf = (output: string) => output.replace(/\n$/, '').split('\n');

/** Of what was printed, the lines that stand where the README shows some; from where it leaves some out to where they go on, `…`. */
function asShown(printed: readonly string[], shown: readonly string[]): string[] {
  const asked = printed.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
  let at = 0;
  return shown
    .map((line, index) => {
      if (line !== LEFT_OUT) return asked[at++] ?? '';
      const next = neutralTime(shown[index + 1] ?? '');
      const found = asked.findIndex((one, place) => place > at && neutralTime(one) === next);
      at = found < 0 ? at : found;
      return LEFT_OUT;
    })
    .concat(asked.slice(at));
}

it('the README shows what a task in a work tree prints from its start to its merge, line by line', async () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'readme-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bin, workspace] = [path.join(root, 'bin'), path.join(root, 'numbers')];
  mkdirSync(bin);
  symlinkSync(path.join(PROJECT, 'dist/autoloop'), path.join(bin, 'autoloop'));
  writeFileSync(path.join(root, '.gitconfig'), '[user]\n\tname = Pat\n\temail = pat@example.org\n');
  createDemoWorkspace(workspace);
  execFileSync('git', ['branch', '-m', 'main'], { cwd: workspace });
  const env = { HOME: root, PATH: `${bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', TZ: 'UTC' };

  const shown = shownBelow('In a work tree of its own');
  expect(shown.map(({ command }) => command.split(' ', 2).join(' '))).toEqual([
    'autoloop --worktree',
    'autoloop diff',
    'autoloop merge',
  ]);
  const printed: string[] = [];
  for (const { command, output } of shown) {
    const typed = await type(command, workspace, env);
    printed.push(...asShown(linesOf(typed.output.replaceAll(root, '/home/you')), linesOf(output)));
  }
  expect(neutral(printed)).toEqual(neutral(shown.flatMap(({ output }) => linesOf(output))));

  // What the README says below it.
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, encoding: 'utf8' });
  expect(git('rev-list', '--count', 'HEAD').trim()).toBe('2');
  expect(git('ls-tree', '-r', '--name-only', 'HEAD')).not.toContain('.autoloop/');
  expect(git('status', '--porcelain')).toBe('');
});

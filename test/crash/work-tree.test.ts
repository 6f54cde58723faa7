import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { eachOf, insteadOfGit, SAMPLE, spread } from '../support/calls.ts';
import type { Rig } from '../support/rig.ts';
import { RULE, rigWithCommit, START, treeOf } from '../support/task-tree.ts';

/** A run of four turns, on a machine that others load as well. */
const PATIENT = { timeoutMs: 300_000 };

/** A call of git in the making of a work tree, and whether it is done before everything is killed. */
interface Moment {
  readonly nth: number;
  readonly isDone: boolean;
}

let moments: readonly Moment[] = [];

beforeAll(async () => {
  await using rig = await richRig();
  insteadOfGit(
    rig,
    `test -e "${rig.sandbox.agents}/calls" || echo "$n $*" >>"${rig.sandbox.root}/calls"; exec "$git" "$@"`,
  );
  const { code } = await rig.run(START, PATIENT);
  if (code !== 0) throw new Error(rig.report());
  const before = readFileSync(path.join(rig.sandbox.root, 'calls'), 'utf8').trim().split('\n').length;
  moments = Array.from({ length: before }, (_, at) => [
    { nth: at + 1, isDone: false },
    { nth: at + 1, isDone: true },
  ]).flat();
});

it('a start in a work tree that is killed with its git before its first turn is gone on with as if nothing had happened', async () => {
  expect(moments.length).toBeGreaterThan(30);
  const found = await eachOf(spread(moments, SAMPLE), nameOf, async ({ nth, isDone }) => {
    await using rig = await richRig();
    insteadOfGit(rig, `[ $n = ${nth} ] || exec "$git" "$@"; ${isDone ? '"$git" "$@";' : ''} kill -9 $PPID; exit 1`);
    const killed = await rig.run(START, PATIENT);
    const again = killed.code === 0 ? killed : await rig.run(START, PATIENT);
    if (again.code !== 0) return [`it ended with ${again.code ?? 'a signal'}: ${rig.report()}`];
    const wrong = wrongIn(rig);
    return wrong.length === 0 ? [] : [`${wrong.join('; ')}: ${rig.report()}`];
  });
  expect(found).toEqual([]);
});

/** What is not as a start that nobody disturbed leaves it. */
function wrongIn(rig: Rig): string[] {
  const top = treeOf(rig);
  const read = (...at: string[]) => {
    const file = path.join(top, ...at);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
  const facts: [string, unknown, unknown][] = [
    ['made', rig.git('show', 'autoloop/job:src/made.txt'), 'made\n'],
    ['included', read('one.local'), 'one\n'],
    ['set up', read('set-up.local'), 'x\n'],
    ['submodule', read('lib', 'lib.txt'), 'library\n'],
    ['work trees', rig.git('worktree', 'list').trim().split('\n').length, 2],
    ['branches', rig.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').trim(), 'autoloop/job\nmain'],
    ['checkout', rig.status().join(), ''],
    ['fsck', rig.git('fsck', '--no-dangling'), ''],
    ['runs', rig.turns().length, 4],
  ];
  return facts.flatMap(([what, is, should]) =>
    is === should ? [] : [`${what}: ${JSON.stringify(is)} in place of ${JSON.stringify(should)}`],
  );
}

/** With all that goes into a work tree: ignored files, a setup and a submodule that the user configured. */
async function richRig(): Promise<Rig> {
  const config = 'worktree:\n  setup: echo x >set-up.local\n';
  const rig = await rigWithCommit({ script: { rules: [RULE] }, config });
  const library = path.join(rig.sandbox.root, 'library');
  mkdirSync(library);
  writeFileSync(path.join(library, 'lib.txt'), 'library\n');
  for (const [key, value] of Object.entries({
    'protocol.file.allow': 'always',
    'user.name': 'Pat',
    'user.email': 'pat@x',
  }))
    rig.git('config', '--global', key, value);
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-qm', 'library'],
  ])
    rig.git('-C', library, ...args);
  rig.git('submodule', '--quiet', 'add', library, 'lib');
  rig.write('.worktreeinclude', 'one.local\n');
  rig.write('.gitignore', '*.local\n');
  rig.git('add', '-A', '.worktreeinclude', '.gitignore');
  rig.git('commit', '-qm', 'more');
  rig.write('one.local', 'one\n');
  return rig;
}

function nameOf({ nth, isDone }: Moment): string {
  return `git ${nth}, ${isDone ? 'after' : 'before'} it`;
}

import { expect, test } from 'vitest';
import { withoutFolder } from '../../../src/checks/without-folder.ts';
import { Git } from '../../../src/git/git.ts';
import { fromText } from '../../../src/git/paths.ts';
import { locate } from '../../../src/git/place.ts';
import { createRunner } from '../../../src/git/runner.ts';
import { Playground } from '../git/playground.ts';

const ODD = ['a', 'a.b', 'a-b', 'ä', 'with space', 'new\nline', '\u00e9\u0301', 'z.autoloop'];
const FILES = [
  ...ODD.map((name) => `${name}/x`),
  ...ODD.map((name) => `f-${name}`),
  ...[
    '.autoloop/tasks/t/task.json',
    '.autoloop/x',
    'sub/.autoloop/x',
    'sub/deep/.autoloop/tasks/x',
    'only/.autoloop/x',
  ],
  ...['sub/y', '.autoloop2/x', '.autoloo', 'file/.autoloop'],
];

/** The same by way of an index. */
function byIndex(ground: Playground, tree: string, folder: string): string {
  ground.git('read-tree', tree);
  ground.git('rm', '-rqf', '--cached', '--ignore-unmatch', '--', folder);
  return ground.git('write-tree').trim();
}

async function gitIn({ dir }: Playground): Promise<Git> {
  const runner = createRunner();
  const located = await locate(runner, dir);
  if (located.kind !== 'found') throw new Error('no repository');
  return new Git(runner, located.place);
}

function filled(): { readonly ground: Playground; readonly tree: string } {
  const ground = Playground.repository();
  for (const file of FILES) ground.write(fromText(file), file);
  ground.git('add', '-A', '-f');
  ground.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  return { ground, tree: ground.git('write-tree').trim() };
}

test.each([
  '.autoloop',
  'sub/.autoloop',
  'sub/deep/.autoloop',
  'only/.autoloop',
  'file/.autoloop',
  'nowhere/.autoloop',
  'a/x/.autoloop',
  'with space/x',
  'new\nline',
  'ä',
])('a tree without %j is the one that an index without it gives', async (folder) => {
  const { ground, tree } = filled();
  const git = await gitIn(ground);
  expect(await withoutFolder(git, tree, fromText(folder))).toBe(byIndex(ground, tree, folder));
});

test('a tree of nothing else is the empty tree, which needs no object', async () => {
  const ground = Playground.repository();
  ground.write('sub/.autoloop/x', 'x');
  ground.git('add', '-A', '-f');
  const tree = ground.git('write-tree').trim();
  const git = await gitIn(ground);
  expect(await withoutFolder(git, tree, fromText('sub/.autoloop'))).toBe(git.emptyTree);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Playground, cleanUp, turn } from './playground.ts';
import { tries } from '../../support/tries.ts';

cleanUp();

const ODD = [
  'new\nline',
  '\n',
  'q"uote',
  "it's",
  '-dash',
  '--all',
  ':(top)x',
  ':!x',
  '*',
  '[ab]',
  'ba\\ck\\101',
  ' lead',
  'trail ',
  '\t tab',
  'cr\r',
  '#hash',
  '!bang',
  '$(touch pwned)',
  '`id`',
  'H\xc3\xa4',
  'bad\xff\xfe',
  '\xc3',
  'dir \xff/in\nner',
  'a'.repeat(255),
  'HEAD',
  '{brace}',
  '\x01\x7f',
];

/** Any bytes but NUL and the separator; names that mean something to the file system or to git itself are no names. */
const part = fc
  .oneof(
    fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)),
      minLength: 1,
      maxLength: 12,
    }),
    fc.constantFrom(...ODD.filter((name) => !name.includes('/'))),
  )
  .map((name) => name.replaceAll('/', '_'))
  .filter((name) => name !== '.' && name !== '..' && !/^(\.git|git~\d+)|\.ign$/i.test(name));
const nameLists = fc.uniqueArray(
  fc.oneof(
    part,
    fc.tuple(part, part).map(([folder, name]) => `${folder.slice(0, 200)}.d/${name}`),
  ),
  { minLength: 1, maxLength: 12 },
);

test('files of any name are committed when they are new, modified and deleted, and no other file is touched', async () => {
  const ground = Playground.withFiles();
  for (const name of ['ba', 'b', 'x', 'all']) ground.write(name, 'the user’s\n');
  const tree = await ground.open({ commitEverything: true });
  const status = ground.git('status', '--porcelain');
  let id = 0;
  const check = async (names: readonly string[]) => {
    const fresh = names.filter((name) => !['ba', 'b', 'x', 'all'].includes(name));
    if (fresh.length === 0) return;
    for (const act of [
      (name: string) => ground.write(name, `new ${name}`),
      (name: string) => ground.write(name, `modified ${name}`, 0o755),
      (name: string) => ground.remove(name),
    ]) {
      const result = await turn(tree, () => fresh.forEach(act), `run/${(id += 1)}`);
      expect(result.skipped).toEqual([]);
      expect(ground.committed()).toEqual([...fresh].sort());
    }
    expect(ground.git('status', '--porcelain')).toBe(status);
  };
  await check(ODD);
  // Not shrunk: a failure leaves files behind.
  await fc.assert(fc.asyncProperty(nameLists, check), { numRuns: tries(10), endOnFailure: true });
});

test('a name goes to the workspace and back, and what is above the workspace has none there', async () => {
  const ground = Playground.withFiles();
  const tree = await ground.open({ sub: 'd' });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      expect(tree.toWorkspace(tree.fromWorkspace(name))).toBe(name);
      return Promise.resolve();
    }),
  );
  expect(tree.fromWorkspace('ä')).toBe('d/\xc3\xa4');
  expect(tree.toWorkspace('a.txt')).toBeNull();
});

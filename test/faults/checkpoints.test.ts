import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { fault } from './fault.ts';
import { asked, checkpoints, committed, follow, leftUncommitted, lines, START } from './story.ts';

const FILES = { 'a.txt': 'a\n' };

const JUNK = {
  'node_modules/x/index.js': 'x',
  '.venv/bin/python': 'x',
  'web/node_modules/y.js': 'x',
  'pkg/__pycache__/m.pyc': 'x',
  '.env': 'TOKEN=1',
  '.env.local': 'TOKEN=1',
  'keys/id_rsa': 'x',
  'server.pem': 'x',
};
const GOOD = { '.env.example': 'TOKEN=', 'src/venv.txt': 'x', 'environment.md': 'x' };

fault('I1: dependency folders, secrets and huge files are left out, and each is named once', {}, async (rig) => {
  const again = { 'node_modules/z/index.js': 'x', '.env': 'TOKEN=2' };
  rig.script({
    rules: [
      { role: 'producer', cycle: 1, write: { ...JUNK, ...GOOD }, shell: ['truncate -s 51M big.bin'] },
      { role: 'producer', cycle: 2, write: again },
      { role: 'verifier', cycle: 1, promise: 'INCOMPLETE' },
    ],
  });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expect(committed(rig)).toEqual([...Object.keys(GOOD), 'src/implicit-phase.txt'].sort());
  const named = [
    '.env',
    '.env.local',
    '.venv/',
    'big.bin',
    'keys/id_rsa',
    'node_modules/',
    'pkg/__pycache__/',
    'server.pem',
    'web/node_modules/',
  ];
  expect(leftUncommitted(done).split(', ').sort()).toEqual(named);
  const warned = lines(done.stderr).filter((line) => /left uncommitted: \S+ \(/.test(line));
  expect(warned).toHaveLength(named.length);
  return { maxTurns: 4 };
});

fault('I1: what an agent has committed by itself is not said to be left uncommitted', {}, async (rig) => {
  const commit = (file: string) => `git add -f ${file} && git commit -qm own -- ${file}`;
  const write = { '.env': 'A=1', 'own.pem': 'x', 'b.key': 'x' };
  rig.script({
    rules: [
      { role: 'producer', cycle: 1, write, shell: [commit('.env')] },
      { role: 'producer', cycle: 2, write: { '.env': 'A=2' }, shell: [commit('own.pem')] },
      { role: 'verifier', cycle: 1, promise: 'INCOMPLETE' },
    ],
  });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expect(leftUncommitted(done).split(', ').sort()).toEqual(['.env', 'b.key']);
  const told = lines(done.stderr).flatMap(
    (line) => /by itself what a checkpoint leaves out: (\S+)/.exec(line)?.[1] ?? [],
  );
  expect(told).toEqual(['.env', 'own.pem']);
  return { maxTurns: 4 };
});

fault(
  'I1: runtime.commit_everything takes them',
  {
    config: 'runtime:\n  commit_everything: true\n',
    script: { rules: [{ role: 'producer', write: { ...JUNK, ...GOOD } }] },
  },
  async (rig) => {
    expect((await rig.run(START)).code).toBe(0);
    expect(committed(rig)).toEqual([...Object.keys(JUNK), ...Object.keys(GOOD), 'src/implicit-phase.txt'].sort());
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);

const NAMES = [
  'new\nline',
  'q"uote',
  "it's",
  '-dash',
  ':(top)x',
  '*',
  'ba\\ck',
  ' lead',
  'tail ',
  '\ttab',
  'Häß/日本語.txt',
  'e\u0301',
  'é',
];

fault('I1: files of any name are committed when they are new, changed, renamed and deleted', {}, async (rig) => {
  const bytes = [
    String.raw`printf x > "$(printf '\351\377.bin')"`,
    String.raw`mkdir "$(printf 'd\376')"; printf x > "$(printf 'd\376/\r')"`,
  ];
  rig.script({
    rules: [
      { role: 'producer', cycle: 1, write: Object.fromEntries(NAMES.map((name) => [name, 'first'])), shell: bytes },
      {
        role: 'producer',
        cycle: 2,
        write: { 'q"uote': 'second', 'Häß/日本語.txt': 'second' },
        delete: ['-dash', ':(top)x'],
        shell: [String.raw`mv './*' '?'; rm "$(printf '\351\377.bin')"`],
      },
      { role: 'verifier', cycle: 1, promise: 'INCOMPLETE' },
    ],
  });
  expect((await rig.run(START)).code).toBe(0);
  expect(rig.status()).toEqual([]);
  const tracked = rig.git('ls-files', '-z').split('\0');
  expect(tracked).toEqual(
    expect.arrayContaining([...NAMES.filter((name) => !['-dash', ':(top)x', '*'].includes(name)), '?']),
  );
  expect(tracked.filter((name) => ['-dash', ':(top)x', '*'].includes(name))).toEqual([]);
  return { maxTurns: 4 };
});

const meddles = {
  rules: [{ role: 'verifier', cycle: 1, write: { 'a.txt': 'the verifier’s\n', 'src/extra.txt': 'extra\n' } }],
} as const;

fault(
  'I1: source that a verifier edits is warned about, recorded and committed',
  { files: FILES, script: meddles },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(
      /^\[!\] WARNING: the verifier edited files outside its artifacts: a\.txt, src\/extra\.txt$/m,
    );
    expect(rig.events().find((event) => event.event_type === 'verifier_edited')).toMatchObject({
      paths: ['a.txt', 'src/extra.txt'],
    });
    expect(rig.commits().find(({ subject }) => subject === 'autoloop: pair complete (implement)')?.files).toEqual(
      expect.arrayContaining(['a.txt', 'src/extra.txt']),
    );
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);

fault(
  'I1: with runtime.verifier_scope strict they are committed by themselves, and the cycle is incomplete',
  { files: FILES, script: meddles, config: 'runtime:\n  verifier_scope: strict\n' },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(asked(rig)).toEqual([
      'implement producer 1.1',
      'implement verifier 1.1',
      'implement producer 2.1',
      'implement verifier 2.1',
    ]);
    expect(checkpoints(rig).slice(0, 3)).toEqual([
      'autoloop: producer edits (implement #1)',
      'autoloop: verifier edits (implement #1)',
      'autoloop: verifier feedback (implement #1)',
    ]);
    expect(rig.commits().find(({ subject }) => subject.includes('verifier edits'))?.files).toEqual([
      'a.txt',
      'src/extra.txt',
    ]);
    const [feedback] = rig.git('ls-files', '*/implement/*feedback.md').split('\n');
    expect(readFileSync(path.join(rig.workspace, feedback ?? ''), 'utf8')).toMatch(
      /## System Warning \(cycle 1\)\n+.*a\.txt, src\/extra\.txt/,
    );
    return { maxTurns: 4 };
  },
);

fault(
  'I8: a strict scope costs a verifier that goes on editing no more than the cycles allowed',
  { files: FILES, config: 'runtime:\n  verifier_scope: strict\n  max_iterations: 2\n' },
  async (rig) => {
    rig.script({ rules: [{ role: 'verifier', append: { 'a.txt': 'more\n' } }] });
    const failed = await rig.run(START);
    expect(failed.code).toBe(1);
    rig.script({});
    expect((await follow(rig, failed, '--max-iterations', '3')).code).toBe(0);
    return { maxTurns: 6 };
  },
);

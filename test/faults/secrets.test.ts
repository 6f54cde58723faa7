import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { fault } from './fault.ts';
import { START } from './story.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const token = (name: string) => ['gh', 'p_', name, 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('');

/** Where an agent leaves a secret among the files of the state, as shell. */
const LEFT: Readonly<Record<string, string>> = {
  deep: 'mkdir -p "${artifacts}/d/e"; echo "x TOKEN" > "${artifacts}/d/e/a.md"',
  newline: 'echo "x TOKEN" > "${artifacts}/$(printf "n\\nl").md"',
  latin1: 'echo "x TOKEN" > "${artifacts}/$(printf "b\\377d").md"',
  named: 'echo x > "${artifacts}/TOKEN.md"',
  folder: 'mkdir "${artifacts}/TOKEN" && echo x > "${artifacts}/TOKEN/a.md"',
  goal: 'ln -s TOKEN "${artifacts}/link"',
  utf16: '(printf "\\377\\376"; echo "x TOKEN" | iconv -t UTF-16LE) > "${artifacts}/u.txt"',
  colour: 'printf "\\033[32mTOKEN\\033[0m\\n" > "${artifacts}/out.log"',
  escaped: `echo '{"a":"T\\\\u003dTOKEN"}' > "\${artifacts}/a.json"`,
  encoding:
    'echo "*.e text working-tree-encoding=UTF-16LE-BOM" > "${artifacts}/.gitattributes"; cp "${artifacts}/u.txt" "${artifacts}/u.e"',
  large: '(head -c 11000000 /dev/zero; echo TOKEN) > "${artifacts}/l.bin"',
  decision: 'echo "TOKEN" >> "${decisions}"',
  request: 'echo "TOKEN" >> "${run}/request.md"',
  feedback: 'echo "TOKEN" >> "${bundle}/feedback.md"',
  session: 'mkdir -p "${run}/sessions" && echo "TOKEN" > "${run}/sessions/other.json"',
  other:
    'mkdir -p .autoloop/tasks/other && echo "TOKEN" > .autoloop/tasks/other/a.txt && echo "TOKEN" > .autoloop/b.txt',
  env: 'echo TOKEN > "${artifacts}/.env"; mkdir "${artifacts}/.env.d" && echo TOKEN > "${artifacts}/.env.d/a"',
  key: 'echo TOKEN > "${artifacts}/server.key"',
};

const shell = Object.entries(LEFT).map(([name, command]) => command.replaceAll('TOKEN', token(name)));

fault('I1: no secret that an agent leaves in the state comes into a commit, its names included', {}, async (rig) => {
  rig.script({
    rules: [
      { role: 'producer', nth: 1, shell, say: `It is ${token('said')}.`, sessionId: token('id') },
      { role: 'verifier', nth: 1, promise: 'INCOMPLETE', say: `No: ${token('reason')}` },
    ],
  });
  const done = await rig.run(['--intent', `Build it with ${token('intent')}`, '--pairs', 'implement']);
  expect(done.code).toBe(0);
  const history = rig.git('log', '-p', '--text', '--format=%B').replaceAll('\0', '');
  const names = [...Object.keys(LEFT), 'said', 'id', 'reason', 'intent'];
  expect(names.filter((name) => history.toLowerCase().includes(token(name).toLowerCase()))).toEqual([]);
  const artifacts = path.join(rig.lastRun().path, 'artifacts');
  expect(readFileSync(path.join(artifacts, 'd/e/a.md'), 'utf8')).toBe(`x ${token('deep')}\n`);
  expect(existsSync(path.join(artifacts, `${token('named')}.md`))).toBe(true);
  for (const name of ['d/e/a.md', 'n\\nl.md', 'u.txt', 'out.log', 'decisions.txt'])
    expect(done.stderr).toMatch(
      new RegExp(`committed without what looks like a secret in them: .*${name.replace('\\', '\\\\')}`),
    );
  for (const name of ['.env', '.env.d/', 'server.key', 'l.bin', 'link', 'b\\377d.md', '[redacted GitHub token].md'])
    expect(done.stdout.split('\n').find((line) => line.startsWith('Left uncommitted: '))).toContain(name);
  return { maxTurns: 4 };
});

fault('I1: a new secret in a source is named, whoever commits it, and the commit of it stays', {}, async (rig) => {
  rig.script({
    rules: [
      {
        role: 'producer',
        write: {
          'a.txt': `k = ${token('ours')}\n`,
          'own.txt': `k = ${token('theirs')}\n`,
          [`${token('named')}.txt`]: 'x\n',
        },
        shell: ['git add own.txt && git commit -qm own own.txt'],
      },
    ],
  });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  const [, named = ''] = /committed with what looks like a new secret: (.*); look at them/.exec(done.stderr) ?? [];
  expect(named.split(', ').sort()).toEqual(['[redacted GitHub token].txt', 'a.txt', 'own.txt']);
  expect(rig.git('log', '-p')).toContain(token('theirs'));
  return { maxTurns: 2 };
});

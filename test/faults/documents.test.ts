import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, follow, lines, START } from './story.ts';

const asks = {
  script: { rules: [{ role: 'verifier', times: 1, question: 'Which colour?', supposition: 'red', tick: false }] },
} as const;

/** What is left of a JSON document; it is cut at every byte in test/component/store/json-files.test.ts. */
const SPOILED: Record<string, (text: string) => string> = {
  'is empty': () => '',
  'is cut in half': (text) => text.slice(0, text.length / 2),
  'is a list': () => '[]',
  'is null': () => 'null',
  'is no text': () => '\0\xff\xfe garbage',
};

for (const [how, spoil] of Object.entries(SPOILED)) {
  fault(`I3: a task.json that ${how} is kept, and rebuilt from the log`, asks, async (rig) => {
    const paused = await rig.run(START);
    const file = path.join(rig.workspace, '.autoloop/tasks/t/task.json');
    const good = readObject(file);
    const bad = spoil(readFileSync(file, 'utf8'));
    writeFileSync(file, bad);
    expect((await rig.run(['--list-tasks'])).stdout).toBe('t\n');
    expect(readFileSync(file, 'utf8')).toBe(bad);
    const resumed = await follow(rig, paused, '--answer', 'green');
    expect(resumed.code).toBe(0);
    expect(lines(resumed.stderr)).toEqual([
      expect.stringMatching(/WARNING: \S+task\.json is not a JSON object; it was kept as task\.json\.corrupt-/),
      expect.stringMatching(/WARNING: \S+task\.json was rebuilt from the task's runs/),
    ]);
    expect(kept(file)).toEqual([bad]);
    expect(readObject(file)).toMatchObject({ task_id: good.task_id, request_text: good.request_text });
    return { maxTurns: 5 };
  });
}

fault('I3: an unreadable task.json keeps no other task from its work, and is left as it is', asks, async (rig) => {
  const paused = await rig.run(START);
  const file = path.join(rig.workspace, '.autoloop/tasks/t/task.json');
  writeFileSync(file, '{');
  const other = await rig.run(['--task-id', 'other', '--intent', 'Build it', '--pairs', 'implement']);
  expect(other).toMatchObject({ code: 0, stderr: '' });
  expect((await rig.run(['--list-tasks'])).stdout).toBe('other\nt\n');
  expect(readFileSync(file, 'utf8')).toBe('{');
  expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
  return { maxTurns: 7 };
});

fault('I3: a folder in the place of task.json is moved aside like garbage', asks, async (rig) => {
  const paused = await rig.run(START);
  const file = path.join(rig.workspace, '.autoloop/tasks/t/task.json');
  rmSync(file);
  mkdirSync(path.join(file, 'x'), { recursive: true });
  expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
  expect(readObject(file).request_text).toBe('Build it');
  return { maxTurns: 5 };
});

for (const [how, spoil] of Object.entries(SPOILED)) {
  fault(`I3, I4: a run.json and a session that ${how} are kept, and rebuilt from the log`, asks, async (rig) => {
    const paused = await rig.run(START);
    const [metadata, session] = [path.join(rig.lastRun().path, 'run.json'), sessionFile(rig)];
    const [good, conversation] = [readObject(metadata), readObject(session)];
    const bad = [metadata, session].map((file) => spoil(readFileSync(file, 'utf8')));
    writeFileSync(metadata, bad[0] ?? '');
    writeFileSync(session, bad[1] ?? '');
    const resumed = await follow(rig, paused, '--answer', 'green');
    expect(resumed.code).toBe(0);
    const warned = lines(resumed.stderr);
    expect(warned.filter((line) => line.includes('run.json is not a JSON object'))).toHaveLength(1);
    expect(warned.filter((line) => line.includes(`${path.basename(session)} is not a JSON object`))).toHaveLength(1);
    expect([...kept(metadata), ...kept(session)]).toEqual(bad);
    for (const key of ['run_id', 'request_file', 'artifacts_dir', 'provider', 'created_at'])
      expect([key, readObject(metadata)[key]]).toEqual([key, good[key]]);
    expect(rig.turns().at(-1)?.session).toBe(conversation.session_id);
    expect(asked(rig).slice(0, 3)).toEqual([
      'implement producer 1.1',
      'implement verifier 1.1',
      'implement producer 1.2',
    ]);
    return { maxTurns: 4 };
  });
}

fault('I3, I4: files that are gone are rebuilt from the log too', asks, async (rig) => {
  const paused = await rig.run(START);
  const [metadata, session] = [path.join(rig.lastRun().path, 'run.json'), sessionFile(rig)];
  const conversation = readObject(session).session_id;
  for (const file of [metadata, session, path.join(rig.lastRun().path, 'request.md')]) rmSync(file);
  rmSync(path.join(rig.lastRun().path, 'artifacts'), { recursive: true });
  expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
  expect(existsSync(metadata)).toBe(true);
  expect(readFileSync(path.join(rig.lastRun().path, 'request.md'), 'utf8')).toContain('Build it');
  expect(rig.turns().at(-1)?.session).toBe(conversation);
  return { maxTurns: 5 };
});

function sessionFile(rig: Rig): string {
  return path.join(rig.lastRun().path, 'sessions/phases/implicit-phase.json');
}

function readObject(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** The texts of a document's unreadable versions. */
function kept(file: string): string[] {
  const folder = path.dirname(file);
  const names = readdirSync(folder).filter((name) => name.startsWith(`${path.basename(file)}.corrupt-`));
  return names.map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

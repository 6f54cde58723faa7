import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { processesMarked, until } from '../support/marked-processes.ts';
import { createRig, type Rig } from '../support/rig.ts';

const CONFIG = 'runtime:\n  pairs: plan\n  max_iterations: 1\n';
const LIMIT = 'You’ve hit your usage limit. Try again in 2s.';

function queue(rig: Rig, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) rig.write(`../queue/${name}.md`, text);
  return '../queue';
}

/** The table at the end: how each task stands, and its exit code. */
function tableIn(stdout: string): Record<string, string> {
  const rows = (stdout.split(/^task +status.*$/m)[1] ?? '').trim().split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [task = '', status = '', code = ''] = row.split(/ {2,}/);
      return [task, `${status} ${code}`];
    }),
  );
}

const standing = async (rig: Rig, task: string) =>
  (JSON.parse((await rig.run(['status', '--task-id', task, '--json'])).stdout) as { status: string }).status;

describe('a batch', () => {
  it('goes on beside tasks that fail, ask and reach a limit, leaves nothing behind when it is killed, and goes on when it is started again', async () => {
    const rules = [
      { run: 1, role: 'verifier', promise: 'INCOMPLETE' },
      { run: 2, role: 'producer', times: 1, question: 'Which port?' },
      { run: 3, role: 'producer', times: 1, failure: 'usage_limit', say: LIMIT },
    ] as const;
    const killed = { run: 5, role: 'producer', times: 1, remote: true } as const;
    await using rig = await createRig({ config: CONFIG, script: { rules: [...rules, killed] } });
    const place = queue(rig, {
      'a-fails': 'Do a',
      'b-asks': 'Do b',
      'c-limit': 'Do c',
      'd-claude': '---\nprovider: claude\n---\nDo d',
      'e-killed': 'Do e',
      'f-last': '---\nafter: [e-killed]\n---\nDo f',
    });
    const running = rig.start(['batch', place]);
    await rig.nextTurn({ role: 'producer' });
    // Which of the two comes first once the limit has ended is the machine's affair; test/property/batch.test.ts has the rule.
    expect(running.output()).toMatch(/c-limit waits for the usage limit of codex[^]*c-limit goes on/);
    expect(running.output()).toMatch(/d-claude begins/);
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['wait', '--task-id', 'e-killed'])).code).toBe(143);
    const left = () => processesMarked(rig.sandbox.mark);
    await until(
      () => JSON.stringify(left()),
      () => left().length === 0,
    );
    const before = rig.turns().length;

    rig.script({ rules });
    const { code, stdout } = await rig.run(['batch', place]);
    expect({ code, table: tableIn(stdout) }).toEqual({
      code: 1,
      table: {
        'a-fails': 'failed 1',
        'b-asks': 'paused 4',
        'c-limit': 'success 0',
        'd-claude': 'success 0',
        'e-killed': 'success 0',
        'f-last': 'success 0',
      },
    });
    expect(stdout).toMatch(/AGENT QUESTION\] b-asks: Which port\?[^]*autoloop answer TEXT --task-id b-asks/);
    expect(rig.turns().length - before).toBe(4); // two of the task that was stopped, two of the last

    expect((await rig.run(['answer', '8443', '--task-id', 'b-asks'])).code).toBe(0);
    expect(tableIn((await rig.run(['batch', place])).stdout)).toMatchObject({ 'b-asks': 'success 0' });
    const edited = queue(rig, { 'd-claude': 'Do something else' });
    const refused = await rig.run(['batch', edited]);
    // The command that is offered is one that takes it: this task is done.
    const offered = /autoloop (--task-id d-claude --worktree --intent-mode append --intent) TEXT\n/.exec(
      refused.stderr,
    );
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/d-claude\.md asks for something else/)]);
    const more = await rig.run([...(offered?.[1] ?? '').split(' '), 'Do more']);
    expect([more.code, more.stdout]).toEqual([0, expect.not.stringContaining('already complete')]);
  });

  it('knows commands by their names: a limit of one keeps no task of another waiting', async () => {
    const commands = `provider:
  commands:
    writer: { start: [limited-once, -p, --output-format, json], output: json, answer: result, error: error }
    other: { start: [codex, exec, --json, '-'], output: jsonl, answer: item.text }
batch: { per_provider: { writer: 1 } }
`;
    await using rig = await createRig({ config: `${CONFIG}${commands}` });
    const script = `#!/bin/sh\n[ -e "$0.was" ] && exec claude "$@"\n: > "$0.was"\necho '{"error":"${LIMIT}"}'\nexit 1\n`;
    rig.write('../bin/limited-once', script);
    chmodSync(path.join(rig.sandbox.root, 'bin/limited-once'), 0o755);
    const asked = (name: string) => `---\nprovider: ${name}\n---\nDo it`;
    const place = queue(rig, { a: asked('writer'), b: asked('other'), c: asked('writer') });
    const { code, stdout } = await rig.run(['batch', place]);
    expect({ code, table: tableIn(stdout) }).toEqual({
      code: 0,
      table: { a: 'success 0', b: 'success 0', c: 'success 0' },
    });
    expect(stdout).toMatch(/a waits for the usage limit of writer[^]*b begins/);
    const unknown = await rig.run(['batch', queue(rig, { d: asked('reader') })]);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringMatching(/d\.md:2: provider: found "reader".*rehearsal, writer, other/),
    ]);
  });

  it('is stopped as a run is, with all its tasks, and goes on with each', async () => {
    await using rig = await createRig({
      config: CONFIG,
      script: { rules: [{ role: 'producer', times: 2, remote: true }] },
    });
    const place = queue(rig, { a: 'Do a', b: 'Do b', c: 'Do c' });
    const running = rig.start(['batch', place, '--parallel', '2']);
    await rig.nextTurn();
    await rig.nextTurn();
    running.signal('SIGINT');
    const { code, stdout } = await running.done;
    expect({ code, table: tableIn(stdout) }).toMatchObject({ code: 130, table: { c: 'queued 4' } });
    expect([await standing(rig, 'a'), await standing(rig, 'b')]).toEqual(['interrupted', 'interrupted']);
    rig.script({});
    expect((await rig.run(['batch', place, '--parallel', '2'])).code).toBe(0);
  });

  it('keeps to its bounds over all tasks, and leaves the branch of a task whose work conflicts', async () => {
    const dear = { input: 1, cached: 0, output: 1, reasoning: 0, costUsd: 3 };
    const write = (run: number) => ({ run, role: 'producer', write: { 'same.txt': `of ${run}\n` } }) as const;
    await using rig = await createRig({
      config: `${CONFIG}provider:\n  name: claude\nbatch:\n  max_cost_usd: 5\n  per_provider: {claude: 1}\n`,
      script: { rules: [{ run: 3, usage: dear }, write(1), write(2)] },
    });
    // Both begin with the commit that is there now, so that their work meets.
    const head = rig.git('rev-parse', 'HEAD').trim();
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, `---\nbase: ${head}\n---\nDo ${name}`]));
    const { code, stdout, stderr } = await rig.run(['batch', queue(rig, files), '--parallel', '4', '--merge']);
    expect({ code, table: tableIn(stdout) }).toEqual({
      code: 3,
      table: { a: 'success 0', b: 'success 3', c: 'success 0', d: 'queued 4' },
    });
    expect(stderr).toMatch(/b is not merged: conflicts with main: same\.txt[^]*batch\.max_cost_usd \(5\) is reached/);
    expect([rig.read('same.txt'), rig.git('show', 'autoloop/b:same.txt'), ...rig.status()]).toEqual([
      'of 1\n',
      'of 2\n',
    ]);
  });
});

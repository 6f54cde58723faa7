import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { WaitDocument } from '../../src/inspect/wait-document.ts';
import { createRig } from '../support/rig.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan'];

describe('autoloop wait', () => {
  it('ends with 0 when its time is over, and with the run’s exit code when it needs somebody, in its process or not', async () => {
    await using rig = await createRig({ script: { rules: [{ nth: 1, remote: true }] } });
    rig.write('autoloop.yaml', 'runtime:\n  wait_minutes: 5\n');
    rig.git('add', 'autoloop.yaml');
    rig.git('commit', '-qm', 'configuration');
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const soon = await rig.run(['wait', '--seconds', '1', '--json']);
    expect(soon.code).toBe(0);
    expect(JSON.parse(soon.stdout)).toMatchObject({ status: 'running', need: null, exit_code: 0 });
    const waiting = rig.start(['wait', '--json']);
    await turn.finish({ question: 'Which port?' });
    const waited = await waiting.done;
    const document = JSON.parse(waited.stdout) as WaitDocument;
    expect(waited.code).toBe(4);
    expect(document).toMatchObject({ status: 'running', need: 'question', question: { text: 'Which port?' } });
    const answer = `Answer: autoloop answer 'TEXT' --run-id ${document.run_id}`;
    expect((await rig.run(['wait'])).stdout).toBe(`question\nWhich port?\n${answer}\n`);
    expect((await rig.run(['status'])).stdout).toContain(`Question of the plan producer:\n  Which port?\n${answer}\n`);
    const { stdout } = await rig.run(['wait', '--workspace', rig.workspace], { cwd: tmpdir() });
    expect(stdout).toContain(`${answer} --workspace ${rig.workspace}\n`);
    rig.script({});
    expect((await rig.run(['answer', '8443'])).stdout).toBe('taken\n');
    const end = await rig.run(['wait']);
    expect([end.code, end.stdout]).toEqual([0, 'success\n']);
    expect((await running.done).code).toBe(0);
  });
});

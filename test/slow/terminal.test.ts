import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

describe('at a terminal', () => {
  it('a question rings and notifies, says the keys, and Enter takes the supposition', async () => {
    const rules = [{ role: 'producer', times: 1, question: 'Which colour?', supposition: 'red' }] as const;
    await using rig = await createRig({ script: { rules } });
    const running = rig.start(['--intent', 'Build it', '--pairs', 'plan'], {
      terminal: true,
      stdin: null,
      env: { TERM: 'xterm-256color' },
    });
    await running.sees(/Which colour\?[^]*Enter/);
    expect(running.output()).toMatch(/\u0007\u001b\]9;[^\u0007]*Which colour\?[^\u0007]*\u0007/);
    const status = (await rig.run(['status'])).stdout;
    expect(status).toMatch(/^Status: waiting for an answer \(pid \d+ on /m);
    expect(status).toMatch(/^Question of the plan producer:\n {2}Which colour\?/m);
    running.type('\r');
    expect((await running.done).code).toBe(0);
    const answers = rig.events().flatMap((event) => (event.event_type === 'clarified' ? [event.clarification] : []));
    expect(answers).toMatchObject([{ source: 'human', answer: expect.stringContaining('red') as string }]);
  });

  it('a paste of several lines at a question is one answer, also where the terminal does not mark it', async () => {
    const rules = [
      { role: 'producer', times: 1, question: 'Which names?' },
      { role: 'verifier', times: 1, question: 'In which order?' },
    ] as const;
    await using rig = await createRig({ script: { rules } });
    const running = rig.start(['--intent', 'Build it', '--pairs', 'plan'], { terminal: true, stdin: null });
    await running.sees(/Which names\?[^]*Your answer: /);
    running.type('\u001b[200~one\r\ntwo\r\n\r\nthree\u001b[201~');
    running.type('\r');
    await running.sees(/In which order\?[^]*Your answer: /);
    running.type('first this\nthen that\n');
    expect((await running.done).code).toBe(0);
    const answers = rig.events().flatMap((event) => (event.event_type === 'clarified' ? [event.clarification] : []));
    expect(answers.map(({ answer }) => answer)).toEqual(['one\ntwo\n\nthree', 'first this\nthen that']);
  });

  it('--list-tasks is a table with status, time and request; into a pipe it is the ids as ever', async () => {
    await using rig = await createRig();
    await rig.run(['--task-id', 'first', '--intent', 'Build it\nand more', '--pairs', 'plan']);
    await rig.run(['--task-id', 'a-longer-name', '--intent', 'Build that', '--pairs', 'plan']);
    const { stdout } = await rig.run(['--list-tasks'], { terminal: true });
    const [head = '', ...rows] = stdout.replaceAll('\r', '').trim().split('\n');
    expect(head).toMatch(/task +status +.*request/i);
    expect(rows.find((row) => row.includes('first'))).toMatch(/first +success +.*Build it/);
    expect(stdout).not.toContain('and more');

    const [one, two] = ['first', 'a-longer-name'].map((id) => rows.find((row) => row.includes(id)) ?? '');
    expect(one?.indexOf('success')).toBe(two?.indexOf('success'));
    const piped = (await rig.run(['--list-tasks'])).stdout;
    expect(piped).not.toMatch(/request/i);
    expect(piped.trim().split('\n')).toHaveLength(2);
  });
});

describe('a part of a log', () => {
  it('is its last entries by --tail, and what is not older by --since', async () => {
    await using rig = await createRig();
    await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    const all = (await rig.run(['logs', '--json'])).stdout.trim().split('\n');
    const tail = (await rig.run(['logs', '--json', '--tail', '3'])).stdout.trim().split('\n');
    expect(tail).toEqual(all.slice(-3));
    expect((await rig.run(['logs', '--json', '--since', '1h'])).stdout.trim().split('\n')).toEqual(all);
    expect((await rig.run(['logs', '--json', '--since', '2999-01-01'])).stdout.trim()).toBe('');
    const refused = await rig.run(['logs', '--tail', 'many']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
  });
});

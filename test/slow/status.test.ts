import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';
import { argumentsOf, everythingIn, statusOf, tasksOf, watchdogIsDone } from '../support/inspection.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--no-git'];
const PLAN_ONLY = [...START, '--pairs', 'plan'];

describe('autoloop status', () => {
  it('tells, while a turn runs in another process, whose turn it is and what the agent did last', async () => {
    await using rig = await createRig({ script: { rules: [{ pair: 'implement', role: 'producer', remote: true }] } });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ shell: ['echo halfway'] });
    await running.sees(/runs echo halfway/);
    const status = await statusOf(rig);
    expect(status).toMatchObject({
      version: 1,
      workspace: rig.workspace,
      task_id: 'job',
      run_id: rig.lastRun().runId,
      root: 'autoloop',
      status: 'running',
      exit_code: null,
      resume_command: null,
      question: null,
      position: {
        pair: 'implement',
        phase_id: 'phase-1',
        cycle: 1,
        attempt: 1,
        role: 'producer',
        turn: 3,
        provider: 'codex',
      },
      last_activity: { kind: 'command', text: 'echo halfway' },
      completed: [{ pair: 'plan', phase_id: null }],
      phases: [{ phase_id: 'phase-1', status: 'in_progress' }],
      usage: { turns: 2, input_tokens: 2000, output_tokens: 100, cost_usd: null },
    });
    expect(status.process?.pid).toBeGreaterThan(0);
    expect(status.since).toBe(status.position?.since);
    expect(status.files.artifacts).toContain(`${status.files.run}/artifacts/plan/plan.md`);
    expect(readFileSync(path.join(rig.workspace, status.files.turn_log ?? ''), 'utf8')).toContain('halfway');
    const text = (await rig.run(['status'])).stdout;
    expect(text).toMatch(/^Status: running \(pid \d+ on .+\)$/m);
    expect(text).toMatch(/^At: implement phase-1, cycle 1 of 15, producer \(codex\), turn 3, for .+$/m);
    expect(text).toMatch(/^Last activity: command: echo halfway, .+$/m);
    await turn.finish();
    expect((await running.done).code).toBe(0);
    expect(await statusOf(rig)).toMatchObject({
      status: 'success',
      exit_code: 0,
      position: null,
      resume_command: null,
    });
  });

  it('gives the command that answers the question of a paused run', async () => {
    const question = 'Which \u001b[31mone\u001b[0m?\nThe first?';
    await using rig = await createRig({ script: { rules: [{ pair: 'plan', role: 'producer', nth: 1, question }] } });
    expect((await rig.run(PLAN_ONLY)).code).toBe(4);
    const status = await statusOf(rig);
    expect(status).toMatchObject({
      status: 'paused',
      exit_code: 4,
      question: { pair: 'plan', role: 'producer', text: question },
    });
    const text = (await rig.run(['status'])).stdout;
    expect(text).toContain('Question of the plan producer:\n  Which one?\n  The first?\nAnswer: autoloop --resume');
    expect(text).not.toContain('\u001b');
    const answer = argumentsOf(status.question?.answer_command ?? null).map((word) =>
      word === 'TEXT' ? 'The first' : word,
    );
    expect((await rig.run(answer)).code).toBe(0);
    expect(rig.turns().some(({ prompt }) => prompt.includes('The first'))).toBe(true);
    expect(await statusOf(rig)).toMatchObject({ status: 'success', question: null });
  });

  it('says that a killed run stopped without saying so, and its Resume command goes on', async () => {
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'verifier', nth: 1, remote: true }] },
    });
    const running = rig.start(PLAN_ONLY);
    const turn = await rig.nextTurn();
    running.signal('SIGKILL');
    await running.done;
    await turn.gone;
    await watchdogIsDone(rig);
    const before = everythingIn(rig);
    const status = await statusOf(rig);
    expect(status).toMatchObject({
      status: 'crashed',
      exit_code: null,
      process: null,
      position: { pair: 'plan', role: 'verifier', turn: 2 },
    });
    expect((await rig.run(['status'])).stdout).toMatch(/^Status: stopped without saying so: its process is gone/m);
    expect((await tasksOf(rig))[0]).toMatchObject({
      latest_run: { status: 'crashed', resume_command: status.resume_command },
      resumable: true,
    });
    expect(everythingIn(rig)).toBe(before);
    expect((await rig.run(argumentsOf(status.resume_command))).code).toBe(0);
  });

  it('shows the chain of follow-up runs from both ends, and the sum of what it took', async () => {
    await using rig = await createRig({ script: { gaps: 1 } });
    expect((await rig.run(START)).code).toBe(0);
    const [parent, child] = rig.runs();
    const first = await statusOf(rig, ['--run-id', parent!.runId]);
    const last = await statusOf(rig);
    expect(first).toMatchObject({
      status: 'needs_followup',
      exit_code: 3,
      chain: { parent_run_id: null, followup_run_id: child!.runId, depth: 0 },
    });
    expect(last).toMatchObject({
      run_id: child!.runId,
      status: 'success',
      chain: { parent_run_id: parent!.runId, followup_run_id: null, depth: 1 },
    });
    expect(last.chain.usage.turns).toBe(first.usage.turns + last.usage.turns);
    expect(await tasksOf(rig)).toEqual([
      {
        task_id: 'job',
        root: 'autoloop',
        created_at: expect.any(String) as unknown,
        runs: 2,
        latest_run: expect.objectContaining({ run_id: child!.runId, status: 'success' }) as unknown,
        batch: null,
        resumable: false,
      },
    ]);
  });

  it('gives a run that used up its cycles a Resume command that is not refused', async () => {
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'verifier', times: 1, promise: 'INCOMPLETE' }] },
    });
    expect((await rig.run([...PLAN_ONLY, '--max-iterations', '1'])).code).toBe(1);
    const { status, resume_command: command } = await statusOf(rig);
    expect({ status, command }).toMatchObject({
      status: 'failed',
      command: expect.stringMatching(/--max-iterations 2$/) as unknown,
    });
    expect((await rig.run(argumentsOf(command))).code).toBe(0);
  });

  it('means the run at work, also when a later task is done', async () => {
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'producer', nth: 3, remote: true }] },
    });
    await rig.run(['--intent', 'Old', '--task-id', 'old', '--pairs', 'plan']);
    await rig.run(['--intent', 'New', '--task-id', 'new', '--pairs', 'plan']);
    expect(await statusOf(rig)).toMatchObject({ task_id: 'new', status: 'success' });
    const running = rig.start(['--task-id', 'old', '--pairs', 'plan']);
    const turn = await rig.nextTurn();
    expect(await statusOf(rig)).toMatchObject({ task_id: 'old', status: 'running' });
    expect(await statusOf(rig, ['--task-id', 'new'])).toMatchObject({ task_id: 'new', status: 'success' });
    await turn.finish();
    await running.done;
  });

  it('ignores a torn last line of the log without touching it, and names a bad line before it', async () => {
    await using rig = await createRig();
    await rig.run(PLAN_ONLY);
    const log = path.join(rig.lastRun().path, 'events.jsonl');
    truncateSync(log, readFileSync(log).length - 20);
    const before = everythingIn(rig);
    expect(await statusOf(rig)).toMatchObject({ status: 'crashed' });
    expect(everythingIn(rig)).toBe(before);
    writeFileSync(log, readFileSync(log, 'utf8').replace('"seq":3', '"seq":7'));
    const { code, stderr } = await rig.run(['status']);
    expect(code).toBe(1);
    expect(stderr).toContain(`${log} line 3 has seq 7, expected 3`);
    expect((await tasksOf(rig))[0]).toMatchObject({ latest_run: { status: 'unreadable' }, resumable: false });
  });

  it('reads runs of older releases and leaves them as they are', async () => {
    await using rig = await createRig();
    const run = 'run-20260316T110008Z-6eaba552';
    const folder = '.superloop/tasks/legacy';
    rig.write(`${folder}/task.json`, '{"task_id": "legacy", "created_at": "2026-03-16T11:00:08.258253+00:00"}\n');
    const events = [
      {
        event_type: 'run_started',
        workspace: '/elsewhere',
        pairs: ['plan'],
        max_iterations: 30,
        use_git: false,
        task_id: 'legacy',
      },
      { event_type: 'pair_started', pair: 'plan' },
      { event_type: 'cycle_started', pair: 'plan', cycle: 1, attempt: 1 },
      { event_type: 'phase_finished', pair: 'plan', phase: 'producer', cycle: 1, attempt: 1, empty_output: false },
    ];
    const lines = events.map((event, at) =>
      JSON.stringify({ ts: `2026-03-16T11:00:0${at}.258253+00:00`, run_id: run, seq: at + 1, ...event }),
    );
    rig.write(`${folder}/runs/${run}/events.jsonl`, `${lines.join('\n')}\n{"ts": "torn`);
    rig.write(`${folder}/plan/plan.md`, 'A plan.\n');
    const head = `run_id=${run} | pair=plan | phase=producer | process=codex-agent | cycle=1 | attempt=1`;
    rig.write(
      `${folder}/runs/${run}/raw_phase_log.md`,
      `# Superloop Raw Phase Log (${run})\n\n\n---\n${head}\n---\nA plan is made.\n`,
    );
    const before = everythingIn(rig);
    expect(await statusOf(rig)).toMatchObject({
      root: 'superloop',
      task_id: 'legacy',
      status: 'crashed',
      position: { pair: 'plan', cycle: 1, max_cycles: 30 },
      files: { artifacts: [`${folder}/plan/plan.md`] },
    });
    expect((await rig.run(['logs'])).stdout).toContain('  | A plan is made.\n');
    expect(await tasksOf(rig)).toMatchObject([{ task_id: 'legacy', root: 'superloop', runs: 1, resumable: true }]);
    await rig.run(['doctor']);
    expect(everythingIn(rig)).toBe(before);
  });

  it('refuses a workspace without runs and a run id that is none, and says so', async () => {
    await using rig = await createRig();
    expect(await rig.run(['status'])).toMatchObject({ code: 2, stdout: '' });
    expect(await tasksOf(rig)).toEqual([]);
    const { code, stderr } = await rig.run(['status', '--run-id', '../../etc']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has not the form of a run id') as unknown,
    });
  });
});

describe('what came of a run', () => {
  it('is told at its end and by status in the same words, each line of the run with its time', async () => {
    const rules = [
      { role: 'verifier', promise: 'BLOCKED', tick: false, say: 'Looked.\n\nThe key is missing.' },
    ] as const;
    await using rig = await createRig({ script: { rules } });
    const { code, stdout, printed } = await rig.run([
      '--intent',
      'Build it',
      '--task-id',
      'job',
      '--pairs',
      'implement',
    ]);
    expect(code).toBe(2);
    expect(printed.split('\n').filter((line) => line !== '' && !/^\d\d:\d\d:\d\d /.test(line))).toEqual([]);
    const shown = stdout.slice(stdout.indexOf('Changed: ')).split('\n');
    const told = shown.slice(
      0,
      shown.findIndex((line) => line.startsWith('[')),
    );
    expect(told).toContain('Blocked: The key is missing.');
    expect(told.find((line) => line.startsWith('Feedback: '))).toMatch(/artifacts\/implement\/.*feedback\.md$/);
    expect(told.find((line) => line.startsWith('Changed: '))).toMatch(/^Changed: 1 file, \+\d+ -0 lines$/);
    const status = (await rig.run(['status'])).stdout;
    for (const line of told) expect(status).toContain(`${line}\n`);
    const [from = '', to = ''] = /git diff (\w+)\.\.(\w+)/.exec(stdout)?.slice(1) ?? [];
    expect(rig.git('diff', '--name-only', `${from}..${to}`, '--', '.', ':!.autoloop').trim().split('\n')).toHaveLength(
      1,
    );
  });

  it('names what approves a waiting plan and what sends it back, and both do so', async () => {
    await using rig = await createRig({});
    const { stdout } = await rig.run(['--intent', 'Build it', '--pairs', 'plan,implement', '--approve-plan']);
    const told = stdout.split('\n').filter((line) => /^(?:Approve|Send back): /.test(line));
    const status = (await rig.run(['status'])).stdout;
    for (const line of told) expect(status).toContain(`${line}\n`);
    const [approve, reject] = told.map((line) =>
      line
        .replace(/^.*?: autoloop /, '')
        .replace(/'/g, '')
        .split(' '),
    );
    expect((await rig.run(reject ?? [])).code).toBe(4);
    expect(rig.turns().at(-1)).toMatchObject({ pair: 'plan', cycle: 2 });
    expect((await rig.run(approve ?? [])).code).toBe(0);
  });
});

describe('a run that has just been started', () => {
  it('is starting, with its process, while programs are looked at and nothing is written yet', async () => {
    await using rig = await createRig();
    const [slow, go] = [path.join(rig.sandbox.root, 'slow'), path.join(rig.sandbox.root, 'go')];
    const real = path.join(rig.sandbox.root, 'bin', 'codex');
    mkdirSync(slow);
    const wait = `while [ ! -e '${go}' ]; do sleep 0.05; done`;
    writeFileSync(path.join(slow, 'codex'), `#!/bin/sh\n${wait}\nexec '${real}' "$@"\n`, { mode: 0o755 });
    const running = rig.start(PLAN_ONLY, { env: { PATH: `${slow}:${rig.sandbox.env.PATH ?? ''}` } });
    await running.sees(/Starting Autoloop/);
    const status = await statusOf(rig);
    expect(status).toMatchObject({ status: 'starting', task_id: 'job', process: { pid: running.pid }, end: null });
    expect(status.since).toBe(status.process?.since);
    expect(existsSync(path.join(rig.workspace, '.autoloop'))).toBe(false);
    expect((await rig.run(['status'])).stdout).toMatch(/^Status: starting \(pid \d+ on .+\), \d{4}-.+ ago\)$/m);
    writeFileSync(go, '');
    expect((await running.done).code).toBe(0);
    expect(await statusOf(rig)).toMatchObject({ status: 'success', run_id: status.run_id });
  });

  it('does not count once its process is gone', async () => {
    await using rig = await createRig();
    const slow = path.join(rig.sandbox.root, 'slow');
    mkdirSync(slow);
    writeFileSync(path.join(slow, 'codex'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const running = rig.start(PLAN_ONLY, { env: { PATH: `${slow}:${rig.sandbox.env.PATH ?? ''}` } });
    await running.sees(/Starting Autoloop/);
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['status'])).code).toBe(2);
  });
});

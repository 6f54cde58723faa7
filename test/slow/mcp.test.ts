import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { commandUnderTest } from '../support/sandbox.ts';
import { treeOf } from '../support/task-tree.ts';

interface Caller extends AsyncDisposable {
  readonly tools: () => Promise<readonly string[]>;
  /** The structured content; rejects with the text of a refusal. */
  readonly call: (name: string, given?: Record<string, unknown>) => Promise<Record<string, unknown>>;
}

/** `autoloop mcp` in the rig's workspace, asked by the SDK's own client. */
async function caller(rig: Rig, options: readonly string[] = [], env: Record<string, string> = {}): Promise<Caller> {
  const { file, args } = commandUnderTest();
  const transport = new StdioClientTransport({
    command: file,
    args: [...args, 'mcp', '--workspace', rig.workspace, ...options],
    env: { ...rig.sandbox.env, ...env },
    cwd: rig.workspace,
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const { tools } = await client.listTools(); // From here on the client holds each answer against its tool's schema.
  return {
    tools: () => Promise.resolve(tools.map(({ name }) => name).sort()),
    async call(name, given = {}) {
      const { structuredContent, content, isError } = await client.callTool({ name, arguments: given });
      if (isError === true) throw new Error((content as { text: string }[])[0]?.text);
      return structuredContent as Record<string, unknown>;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const wait = (after: unknown, run_id: unknown) => ({ run_id, after, seconds: 45 });

describe('autoloop mcp', () => {
  it('starts a run, answers its question, sends its plan back and approves it, notes, pauses, resumes, and reads what came of it', async () => {
    await using rig = await createRig({
      script: {
        rules: [
          { pair: 'plan', role: 'producer', nth: 1, question: 'Which port?' },
          { pair: 'implement', role: 'producer', nth: 1, remote: true },
        ],
      },
    });
    await using agent = await caller(rig, ['--allow-approve']);
    const started = await agent.call('autoloop_start', {
      intent: 'Build it',
      task_id: 'job',
      pairs: 'plan,implement',
      approve_plan: true,
    });
    const { run_id } = started;
    expect(started).toMatchObject({ task_id: 'job', run_id: rig.lastRun().runId });
    const asked = await agent.call('autoloop_wait', wait(0, run_id));
    expect(asked).toMatchObject({ need: 'question', exit_code: 4, question: { text: 'Which port?' } });
    const { question } = asked as { question: { seq: number } };
    await expect(agent.call('autoloop_answer', { run_id, text: '8443', for: '1' })).rejects.toThrow('does not wait');
    await agent.call('autoloop_answer', { run_id, text: '8443', for: String(question.seq) });
    const first = await agent.call('autoloop_wait', wait(asked.place, run_id));
    expect(first).toMatchObject({
      need: 'approval',
    });
    expect(first.happened).toContain('The plan waits for approval');
    await expect(agent.call('autoloop_approve', { run_id, for: 'f'.repeat(64) })).rejects.toThrow('another one');
    await agent.call('autoloop_reject', { run_id, text: 'Smaller phases.' });
    const second = await agent.call('autoloop_wait', wait(first.place, run_id));
    expect(second).toMatchObject({ need: 'approval' });
    const { sha256 } = (second as { waiting: { sha256: string } }).waiting;
    await agent.call('autoloop_approve', { run_id, for: sha256 });
    const turn = await rig.nextTurn();
    expect(await agent.call('autoloop_note', { text: 'Keep the old names.' })).toMatchObject({ run_id });
    await agent.call('autoloop_pause');
    expect(await agent.call('autoloop_status')).toMatchObject({
      status: 'running',
      pending: [{ kind: 'note', by: 'mcp' }, { kind: 'pause' }],
    });
    await turn.finish({ write: { 'src/greeting.txt': 'hello\n' } });
    const paused = await agent.call('autoloop_wait', wait(second.place, run_id));
    expect(paused).toMatchObject({ need: 'ended', exit_code: 4, reason: 'paused by the operator (mcp)' });
    await agent.call('autoloop_resume', { run_id });
    expect(await agent.call('autoloop_wait', wait(paused.place, run_id))).toMatchObject({
      status: 'success',
      exit_code: 0,
    });
    const answers = rig.events().flatMap((event) => (event.event_type === 'clarified' ? [event] : []));
    expect(answers.map(({ by, clarification: { answer, source } }) => [answer, by, source])).toEqual([
      ['8443', 'mcp', 'auto'],
      ['Keep the old names.', 'mcp', 'auto'],
    ]);
    const plans = rig.turns().filter(({ pair, role }) => pair === 'plan' && role === 'producer');
    expect(plans.at(-1)?.prompt).toContain('Smaller phases.');
    const implemented = rig.turns().findIndex(({ pair }) => pair === 'implement') + 1;
    expect((await agent.call('autoloop_log', { turn: implemented })).text).toContain('implement');
    expect((await agent.call('autoloop_log')).text).toContain('Smaller phases.');
    expect((await agent.call('autoloop_diff', { turn: implemented })).text).toContain('+hello');
    expect(await agent.call('autoloop_tasks')).toMatchObject({ tasks: [{ task_id: 'job', resumable: false }] });
    const { files } = (await agent.call('autoloop_status')) as { files: { run: string } };
    const report = rig.read(`${files.run}/report.md`);
    for (const said of ['Which port?', '8443', 'Keep the old names.', 'AC-1', 'phase-1'])
      expect(report).toContain(said);
  });

  it('resumes a run that has used its cycles with one more, as the command that is shown for it does', async () => {
    await using rig = await createRig({ script: { rules: [{ role: 'verifier', nth: 1, promise: 'INCOMPLETE' }] } });
    const { code } = await rig.run(['--intent', 'Build it', '--pairs', 'plan', '--max-iterations', '1']);
    expect(code).toBe(1);
    await using agent = await caller(rig);
    const failed = await agent.call('autoloop_status');
    expect(failed).toMatchObject({
      status: 'failed',
      resume_command: expect.stringContaining('--max-iterations 2') as string,
    });
    await agent.call('autoloop_resume');
    const { run_id } = failed;
    expect(await agent.call('autoloop_wait', wait(0, run_id))).toMatchObject({ status: 'success' });
    expect(rig.events().find(({ event_type: type }) => type === 'run_resumed')).toMatchObject({ max_iterations: 2 });
  });

  it('tells of tasks in work trees of their own, too', async () => {
    await using rig = await createRig();
    await rig.run(['--intent', 'Build more', '--task-id', 'here', '--pairs', 'plan']);
    await rig.run(['--intent', 'Build it', '--task-id', 'apart', '--pairs', 'plan,implement', '--worktree']);
    await using agent = await caller(rig);
    const tasks = ({ tasks }: { tasks?: unknown }) => (tasks as { task_id: string }[]).map(({ task_id }) => task_id);
    expect(tasks(await agent.call('autoloop_tasks')).toSorted()).toEqual(['apart', 'here']);
    const { run_id } = (await agent.call('autoloop_status')) as { run_id: string };
    expect(tasks(await agent.call('autoloop_tasks', { run_id }))).toEqual(['apart']);
    expect(await agent.call('autoloop_status')).toMatchObject({ task_id: 'apart', status: 'success' });
    expect(String((await agent.call('autoloop_diff')).text)).toContain('+');
  });

  it('starts a run in a work tree where the configuration asks for one, names it while its setup goes on, and steers it there', async () => {
    await using rig = await createRig({
      config:
        'runtime:\n  worktree: true\nworktree:\n  setup: read line < "$AUTOLOOP_MAIN/../go"; echo "$line" > ready.txt\n',
      script: { rules: [{ pair: 'implement', role: 'producer', nth: 1, remote: true }] },
    });
    rig.git('commit', '-q', '--allow-empty', '-m', 'mine');
    const go = path.join(path.dirname(rig.workspace), 'go');
    execFileSync('mkfifo', [go]);
    await using agent = await caller(rig);
    const started = await agent.call('autoloop_start', { intent: 'Build it', task_id: 'job', pairs: 'plan,implement' });
    const { run_id } = started;
    const tree = treeOf(rig);
    expect(started).toMatchObject({ task_id: 'job', run_id: expect.stringMatching(/^run-/) as string });
    expect(readFileSync(String(started.output), 'utf8')).toContain(`Work tree ${tree}, branch autoloop/job`);
    const standing = { task_id: 'job', run_id, workspace: tree, status: 'running' };
    for (const given of [{}, { run_id }]) expect(await agent.call('autoloop_status', given)).toMatchObject(standing);
    await expect(agent.call('autoloop_start', { intent: 'Again', task_id: 'job' })).rejects.toThrow(/work/);
    writeFileSync(go, 'is set up\n');
    const turn = await rig.nextTurn();
    expect(rig.turns().map(({ cwd }) => cwd)).toEqual(rig.turns().map(() => tree));
    expect(await agent.call('autoloop_note', { text: 'Keep the old names.' })).toMatchObject({ run_id });
    expect(await agent.call('autoloop_stop')).toMatchObject({ run_id });
    const stopped = await agent.call('autoloop_wait', wait(0, run_id));
    expect(stopped).toMatchObject({ run_id, need: 'ended', status: 'interrupted' });
    await turn.gone;
    rig.script({ rules: [] });
    expect(await agent.call('autoloop_resume', { run_id })).toMatchObject({ run_id });
    expect(await agent.call('autoloop_wait', wait(stopped.place, run_id))).toMatchObject({ status: 'success' });
    expect(await agent.call('autoloop_tasks')).toMatchObject({ tasks: [{ task_id: 'job', runs: 1 }] });
    expect([rig.runs(), rig.status(), readFileSync(path.join(tree, 'ready.txt'), 'utf8')]).toEqual([
      [],
      [],
      'is set up\n',
    ]);
  });

  it('offers no approval unless it is allowed to, nothing but looking to an agent in a run, and says what it accepts', async () => {
    await using rig = await createRig();
    await using agent = await caller(rig);
    expect(await agent.tools()).not.toContain('autoloop_approve');
    expect(await agent.tools()).toContain('autoloop_start');
    await expect(agent.call('autoloop_wait', { seconds: 400 })).rejects.toThrow(/<=45.*seconds/);
    await expect(agent.call('autoloop_note', { text: 'x', run: 'y' })).rejects.toThrow(/run/);
    await expect(agent.call('autoloop_status', { run_id: 'x' })).rejects.toThrow('has not the form of a run id');
    await expect(agent.call('autoloop_start', { intent: 'x', pairs: 'test' })).rejects.toThrow('test needs implement');
    await using inside = await caller(rig, ['--allow-approve'], { AUTOLOOP_RUN_ID: 'run-20260101T000000Z-00000000' });
    const looks = ['autoloop_diff', 'autoloop_log', 'autoloop_status', 'autoloop_tasks', 'autoloop_wait'];
    expect(await inside.tools()).toEqual(looks);
  });
});

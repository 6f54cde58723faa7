import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import type { Running } from '../support/invocation.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { argumentsOf, everythingIn, statusOf } from '../support/inspection.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--no-git', '--pairs', 'plan'];

/** The events that `logs --json` printed. */
function eventsIn(stdout: string): RunEvent[] {
  const entries = stdout.split('\n').filter((line) => line !== '');
  return entries.flatMap((line) => {
    const { version, kind, event } = JSON.parse(line) as { version: number; kind: string; event?: RunEvent };
    expect(version).toBe(1);
    return kind === 'event' && event !== undefined ? [event] : [];
  });
}

/** Starts a follower and waits until it has caught up with what was logged. */
async function follow(rig: Rig, seen: RegExp, args: readonly string[] = []): Promise<Running> {
  const follower = rig.start(['logs', '-f', ...args]);
  await follower.sees(seen);
  return follower;
}

describe('autoloop logs', () => {
  it('and status follow a run while it goes on, until it pauses; then until it is killed; then until it is done', async () => {
    const rules = [
      { pair: 'plan', role: 'producer', nth: 1, remote: true },
      { pair: 'plan', role: 'verifier', nth: 1, question: 'Is it enough?' },
      { pair: 'plan', role: 'producer', attempt: 2, remote: true },
      { pair: 'plan', role: 'producer', attempt: 3, remote: true },
    ] as const;
    await using rig = await createRig({ script: { rules } });
    const first = rig.start(START);
    const producing = await rig.nextTurn();
    const follower = await follow(rig, /plan producer \(cycle 1\) begins: turn 1, codex/);
    await producing.act({ shell: ['echo halfway'] });
    await follower.sees(/ {2}> runs echo halfway/);
    await producing.finish({ say: 'Planned.\nAll of it.' });
    await follower.sees(/ {2}\| Planned\.\n {2}\| All of it\.\n/);
    expect((await first.done).code).toBe(4);
    expect((await statusOf(rig)).status).toBe('paused');
    const paused = await follower.done;
    expect(paused.code).toBe(0);
    expect(paused.stdout).toMatch(/plan verifier \(cycle 1\) asks: Is it enough\?/);
    expect(paused.stdout).toMatch(/run finished: paused \(exit code 4\)[\s\S]*\nResume: autoloop --resume .*\n$/);

    const second = rig.start([...argumentsOf((await statusOf(rig)).resume_command), '--answer', 'It is']);
    const again = await rig.nextTurn();
    const witness = await follow(rig, /plan producer \(cycle 1\) begins: turn 3/);
    expect(witness.output()).toContain('answer (human, terminal): It is');
    expect(await statusOf(rig)).toMatchObject({ status: 'running', question: null, position: { turn: 3 } });
    second.signal('SIGKILL');
    const killed = await witness.done;
    await again.gone;
    expect(killed.code).toBe(0);
    expect(killed.stdout).toMatch(/\nThe run stopped without saying so: its process is gone\.\nResume: .*\n$/);

    const crashed = await statusOf(rig);
    expect(crashed).toMatchObject({ status: 'crashed', exit_code: null });
    const third = rig.start(argumentsOf(crashed.resume_command));
    const more = await rig.nextTurn();
    const last = await follow(rig, /turn 4/);
    expect(await statusOf(rig)).toMatchObject({ status: 'running', position: { turn: 4 } });
    await more.finish();
    expect((await third.done).code).toBe(0);
    expect(await last.done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/run finished: success \(exit code 0\)\n$/) as unknown,
    });
  });

  it('goes on into follow-up runs', async () => {
    const rules = [{ pair: 'plan', role: 'producer', run: 1, remote: true }] as const;
    await using rig = await createRig({ script: { gaps: 1, rules } });
    const running = rig.start(['--intent', 'Build it']);
    const turn = await rig.nextTurn();
    const follower = await follow(rig, /begins: turn 1/);
    await turn.finish();
    expect((await running.done).code).toBe(0);
    const { code, stdout } = await follower.done;
    const [parent, child] = rig.runs();
    expect(code).toBe(0);
    expect(stdout).toContain(`follow-up launched: ${child!.runId}`);
    expect(stdout).toContain(`follow-up of ${parent!.runId}`);
    expect(stdout).toMatch(/run finished: success \(exit code 0\)\n$/);
    const alone = (await rig.run(['logs', '--run-id', parent!.runId])).stdout;
    expect(stdout.startsWith(alone.replace(/Resume: .*\n$/, ''))).toBe(true);
  });

  it('shows every event once, whatever becomes of the log while it follows', async () => {
    const rules = [{ pair: 'plan', role: 'producer', remote: true }] as const;
    await using rig = await createRig({ script: { rules } });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const follower = await follow(rig, /"turn_started"/, ['--json']);
    const log = '${run}/events.jsonl';
    await turn.act({ shell: [`head -n 2 ${log} > ${log}.new && mv ${log}.new ${log}`] });
    await turn.act({ shell: ['echo reverted'] });
    await follower.sees(/reverted/);
    await turn.act({ shell: [`rm ${log}`, 'echo removed'] });
    await follower.sees(/removed/);
    await turn.act({ shell: [`printf 'no event\\nnone\\n' > ${log}`, 'echo garbled'] });
    await turn.finish();
    expect((await running.done).code).toBe(0);
    const { code, stdout } = await follower.done;
    expect(code).toBe(0);
    const events = eventsIn(stdout);
    expect(events).toEqual(rig.events());
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  });

  it('prints a finished run as it followed it, and writes nothing', async () => {
    await using rig = await createRig({ config: 'provider: {name: claude}\n' });
    await rig.run(START);
    const before = everythingIn(rig);
    const { code, stdout } = await rig.run(['logs']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+Z {2}run started: plan\n/);
    expect(stdout.match(/^ {2}\| Scope considered$/gm)).toHaveLength(2);
    expect((await rig.run(['logs', '-f', '--task-id', 'job'])).stdout).toBe(stdout);
    expect(eventsIn((await rig.run(['logs', '--json'])).stdout)).toEqual(rig.events());
    expect(everythingIn(rig)).toBe(before);
  });

  it('shows what agents say without control sequences and without tokens', async () => {
    const say = 'Red \u001b[31malert\u001b[0m \u202eback ghp_012345678901234567890123456789012345';
    const rules = [
      {
        pair: 'plan',
        role: 'producer',
        say,
        shell: ["printf '\\033[2J'; echo ghp_012345678901234567890123456789012345"],
      },
    ] as const;
    await using rig = await createRig({ script: { rules } });
    await rig.run(START);
    for (const args of [['logs'], ['logs', '--json']]) {
      const { stdout } = await rig.run(args);
      expect(stdout).toContain('[redacted GitHub token]');
      expect(stdout).not.toMatch(/[\u001b\u202e]|ghp_/);
    }
    expect((await rig.run(['logs'])).stdout).toContain('  | Red alert back [redacted GitHub token]');
  });

  it('ends with 130 at Ctrl-C, and leaves the run alone', async () => {
    const rules = [{ pair: 'plan', role: 'producer', remote: true }] as const;
    await using rig = await createRig({ script: { rules } });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const follower = await follow(rig, /begins: turn 1/);
    follower.signal('SIGINT');
    expect((await follower.done).code).toBe(130);
    await turn.finish();
    expect((await running.done).code).toBe(0);
  });

  it('refuses a workspace without runs', async () => {
    await using rig = await createRig();
    expect(await rig.run(['logs', '-f'])).toMatchObject({ code: 2, stdout: '' });
  });
});

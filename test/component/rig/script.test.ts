import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentScript, Writing } from '../../support/fake-agent/script.ts';
import { isAlive, until } from '../../support/marked-processes.ts';
import { readList } from '../../support/readers.ts';
import { bench, promptOf, type Facts } from './bench.ts';

const ARGS = ['exec', '--json', '--skip-git-repo-check', '-'];

function agents(script: AgentScript) {
  const one = bench('codex', script);
  const run = path.join(one.workspace, '.autoloop/tasks/t/runs/run-1');
  mkdirSync(run, { recursive: true });
  return {
    ...one,
    run,
    play: (facts: Facts) => one.call(ARGS, promptOf({ run, ...facts })),
    artifact: (name: string) => path.join(run, 'artifacts', name),
    text: (name: string) => readFileSync(path.resolve(one.workspace, name), 'utf8'),
  };
}

describe('a script of turns', () => {
  it('plays one entry a turn, and fails loudly when it has run out', async () => {
    using rig = agents({ turns: [{ say: 'one' }, { say: 'two' }] });
    expect((await rig.play({})).stdout).toContain('one');
    expect((await rig.play({})).stdout).toContain('two');
    const third = await rig.play({ pair: 'audit', cycle: 3 });
    expect(third).toMatchObject({ code: 97 });
    expect(third.stderr).toContain(
      'the script has 2 turns and this is turn 3: codex start audit producer cycle 3 attempt 1',
    );
  });

  it('plays the first rule that matches pair, role, phase, cycle, run and count', async () => {
    using rig = agents({
      rules: [
        { pair: 'plan', say: 'for plans' },
        { pair: 'test', phase: 'Ä', say: 'for this phase' },
        { run: 2, say: 'for the second run' },
        { role: 'verifier', nth: 2, say: 'for the second verifier' },
        { times: 1, say: 'once' },
      ],
    });
    const say = async (facts: Facts) => /"text":"(.*?)(\\n|")/.exec((await rig.play(facts)).stdout)?.[1];
    expect(await say({ pair: 'plan' })).toBe('for plans');
    expect(await say({ pair: 'test', phaseKey: `_pid-${Buffer.from('Ä').toString('hex')}` })).toBe('for this phase');
    expect(await say({ pair: 'audit', role: 'verifier' })).toBe('once');
    expect(await say({ pair: 'audit', role: 'verifier' })).toBe('for the second verifier');
    expect(await say({ pair: 'audit', runId: 'run-2' })).toBe('for the second run');
    expect(await say({ pair: 'audit' })).toBe('Scope considered');
  });

  it('fails a turn that no rule is for, if it is strict', async () => {
    using rig = agents({ strict: true, rules: [{ pair: 'test' }] });
    expect(await rig.play({ pair: 'audit' })).toMatchObject({ code: 97 });
  });

  it('refuses turns and rules at once, and a failure that the program does not have', async () => {
    using both = agents({ rules: [], turns: [] });
    expect((await both.play({})).stderr).toContain('turns or rules, not both');
    using odd = agents({ rules: [{ failure: 'max_turns' }] });
    expect((await odd.play({})).stderr).toContain('codex does not fail as max_turns');
  });

  it('writes, appends, deletes and runs, with the variables filled in', async () => {
    using rig = agents({
      rules: [
        {
          noDefaults: true,
          write: { 'a/${phase}.txt': '${cycle}', '${bundle}/notes.md': 'n' },
          append: { '${decisions}': 'decided\n' },
          delete: ['old.txt'],
          shell: ['echo $((1 + 1)) > sum'],
        },
      ],
    });
    writeFileSync(path.join(rig.workspace, 'old.txt'), '');
    const done = await rig.play({ pair: 'implement', phaseKey: 'parse', cycle: 7 });
    expect(done.code).toBe(0);
    expect([rig.text('a/parse.txt'), rig.text(rig.artifact('implement/phases/parse/notes.md'))]).toEqual(['7', 'n']);
    expect([rig.text(path.join(rig.run, 'decisions.txt')), rig.text('sum')]).toEqual(['decided\n', '2\n']);
    expect(existsSync(path.join(rig.workspace, 'old.txt'))).toBe(false);
    expect(done.stdout).toContain('"command_execution"');
    const writes = readList<Writing>(rig.agents, 'writes');
    expect(writes.map((one) => [one.path, one.sha256 !== null])).toEqual([
      ['a/parse.txt', true],
      ['old.txt', false],
    ]);
  });

  it('fails when one of its commands fails', async () => {
    using rig = agents({ rules: [{ shell: ['exit 3'] }] });
    expect(await rig.play({})).toMatchObject({ code: 97 });
  });

  it('records what it was given and how it ended', async () => {
    using rig = agents({ rules: [{ exit: 3, stderr: 'boom' }] });
    expect((await rig.play({ pair: 'audit', role: 'verifier', attempt: 2 })).stderr).toBe('boom\n');
    const [call] = rig.calls();
    expect(call).toMatchObject({ kind: 'start', pair: 'audit', role: 'verifier', attempt: 2, run: 1, argv: ARGS });
    expect(call?.result).toMatchObject({ exit: 3 });
    expect(call?.env['HOME']).toBe(rig.env['HOME']);
  });

  it('asks, answers raw, says other control words, or prints something else altogether', async () => {
    using rig = agents({
      turns: [
        { question: 'Which?', supposition: 'the first' },
        { raw: '  ' },
        { promise: 'BLOCKED' },
        { stdout: 'latin1:\xff\n' },
      ],
    });
    const asked = await rig.play({});
    expect(asked.stdout).toContain(
      String.raw`\"kind\":\"question\",\"question\":\"Which?\",\"best_supposition\":\"the first\"`,
    );
    expect(existsSync(rig.artifact('plan/plan.md'))).toBe(false);
    expect((await rig.play({})).stdout).toContain('"text":"  "');
    expect((await rig.play({})).stdout).toContain(String.raw`\"promise\":\"BLOCKED\"`);
    expect((await rig.play({})).stdout.endsWith('\ufffd\n')).toBe(true);
  });

  it('prints any amount of noise', async () => {
    using rig = agents({ rules: [{ noiseMb: 3 }] });
    const done = await rig.play({});
    expect(done.stdout.length).toBeGreaterThan(3_000_000);
    expect(done.stdout).toContain('turn.completed');
  });

  it('leaves processes running and stays after its result', async () => {
    using rig = agents({ rules: [{ leave: ['child', 'session', 'orphan', 'unmarked'], lingers: true }] });
    const call = rig.launch(ARGS, promptOf({}));
    await call.prints('turn.completed');
    const left = readList<{ how: string; pid: number }>(rig.agents, 'leftovers');
    expect(left.map(({ how }) => how)).toEqual(['child', 'session', 'orphan', 'unmarked']);
    expect(left.filter(({ pid }) => isAlive(pid))).toHaveLength(4);
    expect(call.child.exitCode).toBeNull();
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
  });

  it('ignores signals if told so, and notes them', async () => {
    using rig = agents({ rules: [{ ignoreSignals: true, hang: 'silent' }] });
    const call = rig.launch(ARGS, promptOf({}));
    await call.prints('turn.started');
    const signals = () => readList<{ signal: string }>(rig.agents, 'signals').map(({ signal }) => signal);
    for (const [at, signal] of (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).entries()) {
      call.child.kill(signal);
      await until(
        () => `the signals are noted: ${signals().join()}`,
        () => signals().length > at,
      );
    }
    expect(signals()).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
    expect(call.child.exitCode).toBeNull();
  });
});

describe('the default work', () => {
  const BOXES = '- [ ] **A**: a\n* [ ] **B**: b\n';

  it('writes a plan with the phases asked for under the seeded keys', async () => {
    using rig = agents({ phases: ['parse', 'print'] });
    mkdirSync(rig.artifact('plan'), { recursive: true });
    writeFileSync(rig.artifact('plan/phase_plan.yaml'), 'version: 1\ntask_id: t\nphases: []\n');
    await rig.play({ pair: 'plan' });
    const plan = rig.text(rig.artifact('plan/phase_plan.yaml'));
    expect(plan).toMatch(/^version: 1\ntask_id: t\nphases:\n {2}- phase_id: "parse"\n/);
    expect(plan).toContain('phase_id: "print"');
    expect(existsSync(rig.artifact('plan/plan.md'))).toBe(true);
  });

  it('writes the same code in every attempt, and other code in every cycle', async () => {
    using rig = agents({});
    const code = async (facts: Facts) => {
      await rig.play({ pair: 'implement', phaseKey: 'parse', ...facts });
      return rig.text('src/parse.txt');
    };
    const first = await code({});
    expect(await code({ attempt: 2 })).toBe(first);
    expect(await code({ cycle: 2 })).not.toBe(first);
  });

  it('ticks every box with COMPLETE, and none with INCOMPLETE', async () => {
    using rig = agents({ turns: [{ promise: 'INCOMPLETE' }, {}] });
    mkdirSync(rig.artifact('plan'), { recursive: true });
    writeFileSync(rig.artifact('plan/criteria.md'), BOXES);
    await rig.play({ role: 'verifier' });
    expect(rig.text(rig.artifact('plan/criteria.md'))).toBe(BOXES);
    await rig.play({ role: 'verifier' });
    expect(rig.text(rig.artifact('plan/criteria.md'))).toBe('- [x] **A**: a\n* [x] **B**: b\n');
  });

  it('finds gaps in as many runs as it is told', async () => {
    using rig = agents({ gaps: 1 });
    const gaps = async (runId: string) => {
      await rig.play({ pair: 'audit', runId });
      return (JSON.parse(rig.text(rig.artifact('audit/audit_result.json'))) as { material_gaps_found: boolean })
        .material_gaps_found;
    };
    expect([await gaps('run-1'), await gaps('run-2')]).toEqual([true, false]);
  });

  it('answers a question in plain text and writes nothing', async () => {
    using rig = agents({});
    const done = await rig.call(ARGS, 'QUESTION TO ANSWER:\nWhich?\n');
    expect(done.stdout).toContain('The safest reading');
    expect(rig.calls()).toMatchObject([{ kind: 'auto', pair: null }]);
    expect(readList(rig.agents, 'writes')).toEqual([]);
  });
});

describe('a turn in the hands of the test', () => {
  it('reports its prompt, obeys, and ends as it is told', async () => {
    using rig = agents({ rules: [{ remote: true }] });
    const call = rig.launch(ARGS, promptOf({ pair: 'implement', phaseKey: 'p', run: rig.run }));
    const turn = await rig.nextTurn({ pair: 'implement' });
    expect(turn.prompt).toContain('LOOP PAIR: implement');
    await turn.act({ write: { 'half.txt': 'half' } });
    expect(rig.text('half.txt')).toBe('half');
    await expect(turn.act({ shell: ['exit 1'] })).rejects.toThrow('command failed with 1');
    await turn.print('{"type":"mine"}\n');
    await turn.finish({ say: 'that was it' });
    const done = await call.done;
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('{"type":"mine"}\n');
    expect(done.stdout).toContain('that was it');
  });

  it('tells the test of signals and of its death', async () => {
    using rig = agents({ rules: [{ remote: true }] });
    const call = rig.launch(ARGS, promptOf({}));
    const turn = await rig.nextTurn();
    await turn.act({ ignoreSignals: true });
    call.child.kill('SIGTERM');
    expect(await turn.signalled()).toBe('SIGTERM');
    call.child.kill('SIGKILL');
    await turn.gone;
    expect(await call.done).toMatchObject({ signal: 'SIGKILL' });
  });

  it('hands turns over in the order that the test asks for', async () => {
    using rig = agents({ rules: [{ remote: true }] });
    const calls = [rig.launch(ARGS, promptOf({ pair: 'plan' })), rig.launch(ARGS, promptOf({ pair: 'audit' }))];
    const audit = await rig.nextTurn({ pair: 'audit' });
    const plan = await rig.nextTurn({ pair: 'plan' });
    await Promise.all([audit.finish({ noDefaults: true }), plan.finish({ noDefaults: true })]);
    expect((await Promise.all(calls.map((call) => call.done))).map(({ code }) => code)).toEqual([0, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/core/events.ts';
import { processesMarked, until } from '../support/marked-processes.ts';
import type { AnsweredCall } from './mock/server.ts';
import { type AcpName, createStage, installed, OPENCODE_COST, type Stage } from './stage.ts';
import { promptOf, turnOf, work } from './worker.ts';

const PLAN = ['--intent', 'Greet', '--pairs', 'plan'];
/** Checked by an agent that starts at once: these ones take half a minute of a busy processor for it. */
const ROLES = { verifier: { name: 'claude' } };
const ENDLESS = 'sleep 600 & setsid -f sleep 600; exec sleep 600';
const LONGEST_MS = 400_000;

/** What an agent does that is played through the Agent Client Protocol. Where it is not installed, nothing is tested. */
export function describeAcp(agent: AcpName): void {
  describe.skipIf(installed()[agent] === undefined)(`${agent}, by the Agent Client Protocol`, () => {
    it(
      'writes what claude checks, shows its tools live, tells its figures, and leaves nothing running',
      async () => {
        await using stage = await createStage({ agent, decide: work, provider: { roles: ROLES } });
        const { code, stdout } = await stage.run(...PLAN);
        expect({ code, report: code === 0 ? '' : `${stdout}\n${stage.report()}` }).toEqual({ code: 0, report: '' });
        expect(stdout).toContain('this is a policy and no sandbox');
        expect(stdout).toMatch(/^\[\*\] {3}runs cat >'?\S*plan\.md/m);
        const [producer, verifier] = finishes(stage);
        expect([producer?.provider, verifier?.provider]).toEqual(['acp', 'claude']);
        expectTold(agent, producer?.usage, stage.mock.calls.filter(isOfProducer));
        expect(stage.mock.faults).toEqual([]);
        await stage.rig.checkPromises();
      },
      LONGEST_MS,
    );

    it.skipIf(agent !== 'opencode')(
      'has what it costs counted turn by turn where it goes on in a session, each call once',
      async () => {
        await using stage = await createStage({ agent, decide: work, provider: { roles: ROLES } });
        const { code, stdout } = await stage.run('--intent', 'Greet', '--pairs', 'implement');
        expect({ code, report: code === 0 ? '' : `${stdout}\n${stage.report()}` }).toEqual({ code: 0, report: '' });
        const told = finishes(stage).filter(({ phase }) => phase === 'producer');
        expect(told.map(({ cycle, usage }) => [cycle, typeof usage?.costUsd])).toEqual([
          [1, 'number'],
          [2, 'number'],
        ]);
        const calls = stage.mock.calls.filter(isOfProducer);
        const cost = told.reduce((sum, { usage }) => sum + (usage?.costUsd ?? 0), 0);
        expect(cost).toBeCloseTo(costOf(calls), 9);
        await stage.rig.checkPromises();
      },
      LONGEST_MS,
    );

    it(
      'that is at work when its run is killed leaves no process, and goes on in the same session',
      async () => {
        const decide: typeof work = (call) => (call.toolResults.length === 0 ? { do: { run: ENDLESS } } : work(call));
        await using stage = await createStage({ agent, decide, provider: { roles: ROLES } });
        const running = stage.start(...PLAN);
        await running.orExit(toolAtWork(stage));
        running.signal('SIGKILL');
        await running.done;
        await until(
          () => `the end of ${JSON.stringify(processes(stage))}`,
          () => processes(stage).length === 0,
          60_000,
        );
        const session = stage.rig.events().find((event) => event.event_type === 'session_identified')?.session_id;
        stage.mock.decide = work;
        expect(await stage.run('--resume')).toMatchObject({ code: 0 });
        const again = stage.mock.calls.find((call) => /^ATTEMPT: 2$/m.test(promptOf(call)))!;
        expect(promptOf(again)).toContain(`RESUMED SESSION ID: ${session ?? ''}`);
        // gemini keeps nothing of a turn that was cut off.
        expect(promptOf(again)).toContain('INITIAL REQUEST SNAPSHOT:\nGreet\n');
        await stage.rig.checkPromises();
      },
      LONGEST_MS,
    );
  });
}

/** The tokens are those of the last call of a turn (opencode) or of all of them; opencode tells what all of them cost. */
function expectTold(agent: AcpName, usage: EventOf<'phase_finished'>['usage'], calls: readonly AnsweredCall[]): void {
  const bills = calls.flatMap(({ billed }) => (billed === null ? [] : [billed]));
  expect(bills).toHaveLength(3);
  const input = agent === 'opencode' ? bills.at(-1)?.input : bills.reduce((sum, bill) => sum + bill.input, 0);
  expect(usage?.inputTokens).toBe(input);
  if (agent === 'opencode') expect(usage?.costUsd).toBeCloseTo(costOf(calls), 9);
}

/** By the prices that opencode is configured with. */
function costOf(calls: readonly AnsweredCall[]): number {
  const { input: fresh, output, cache_read: read } = OPENCODE_COST;
  const bills = calls.flatMap(({ billed }) => (billed === null ? [] : [billed]));
  const cost = bills.map((bill) => (bill.input - bill.cached) * fresh + bill.cached * read + bill.output * output);
  return cost.reduce((sum, each) => sum + each, 0) / 1e6;
}

function isOfProducer(call: AnsweredCall): boolean {
  return turnOf(call)?.role === 'producer';
}

function finishes(stage: Stage): EventOf<'phase_finished'>[] {
  return stage.rig.events().filter((event) => event.event_type === 'phase_finished');
}

function toolAtWork(stage: Stage): Promise<void> {
  return until(
    () => `the start of three commands; there are ${JSON.stringify(processes(stage))}`,
    () => processes(stage).filter((command) => command === 'sleep 600').length === 3,
    150_000,
  );
}

/** Of the run, by the mark that the environment of each inherits. */
function processes(stage: Stage): string[] {
  return processesMarked(stage.rig.sandbox.mark).map(({ command }) => command);
}

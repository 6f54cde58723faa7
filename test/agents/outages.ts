import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/core/events.ts';
import { expectBilled } from './bill.ts';
import type { Refusal, Reply } from './mock/api.ts';
import { createStage, type OwnName, type Stage } from './stage.ts';
import { promptOf, turnOf, work } from './worker.ts';

const RUN = ['--intent', 'Greet', '--pairs', 'plan'];
/** When a stream breaks off, claude asks for a whole document before it gives up. */
const CALLS_OF_A_CUT: Readonly<Record<OwnName, number>> = { codex: 1, claude: 2 };

/** What Autoloop does while an API is out of order. `createStage` turns the agents' own retries off. */
export function describeOutages(agent: OwnName): void {
  describe(`while the API of ${agent} is out of order, and its own retries are off, Autoloop`, () => {
    it.each([
      { outage: 'answers 500', reply: refusal(500, 'api_error', 'Internal server error'), times: 1 },
      { outage: 'answers 529', reply: refusal(529, 'overloaded_error', 'Overloaded'), times: 1 },
      { outage: 'cuts the stream', reply: 'cut' as const, times: CALLS_OF_A_CUT[agent] },
    ])('waits and tries again in the same session: it $outage', async ({ reply, times }) => {
      await using stage = await createStage({ agent, decide: breakingOff(reply, times) });
      const { code, stderr } = await stage.run(...RUN);
      expect(code).toBe(0);
      expect(stderr.match(new RegExp(`WARNING: ${agent}: `, 'g'))).toHaveLength(1);
      expectWentOn(stage, times);
      await stage.rig.checkPromises();
    });

    it('waits for an API that refuses connections, and tries again in the same session', async () => {
      await using stage = await createStage({ agent, decide: work });
      await stage.mock.down();
      const running = stage.start(...RUN);
      await running.sees(new RegExp(`WARNING: ${agent}: .*`));
      await stage.mock.up();
      expect(await running.done).toMatchObject({ code: 0 });
      expectWentOn(stage, 0);
    });

    it('gives up after three more tries, and pauses the run', async () => {
      await using stage = await createStage({
        agent,
        decide: () => refusal(500, 'api_error', 'Internal server error'),
      });
      const { code, stdout } = await stage.run(...RUN);
      expect(code).toBe(4);
      expect(stdout).toMatch(new RegExp(`^\\[PAUSED\\] ${agent}: .*The service was busy or out of reach`, 'm'));
      expect(stage.mock.calls).toHaveLength(4);
      expect(interruption(stage)).toMatchObject({ reason: 'unreachable' });
      await stage.rig.checkPromises();
    });

    it('ends an agent that hears nothing any more at the idle limit, tries again once, and pauses the run', async () => {
      const decide = () => 'silence' as const;
      // Half a minute: on a busy machine an agent takes many seconds to its first request.
      await using stage = await createStage({ agent, decide, provider: { idle_timeout_minutes: 0.5 } });
      const { code } = await stage.run(...RUN);
      expect(code).toBe(4);
      expect(stage.mock.calls).toHaveLength(2);
      expect(interruption(stage)).toMatchObject({ reason: 'hang' });
      await stage.rig.checkPromises();
    });
  });
}

export function refusal(status: number, type: string, message: string, headers: Refusal['headers'] = {}): Refusal {
  return { status, headers, body: { type: 'error', error: { type, code: type, message } } };
}

/** `reply` for so many calls, then the work. */
export function breakingOff(reply: Reply, times: number): typeof work {
  let calls = 0;
  return (call) => (calls++ < times ? reply : work(call));
}

/** The producer's turn was begun again after so many calls, with all that it had been told, and cost no more than was billed. */
function expectWentOn({ mock, rig }: Stage, broken: number): void {
  const call = mock.calls[broken]!;
  expect(promptOf(call)).toMatch(/^RESUMED (THREAD|SESSION) ID: /m);
  expect(call.userTexts.join('\n')).toContain('INITIAL REQUEST SNAPSHOT:\nGreet\n');
  const finishes = rig.events().filter((event) => event.event_type === 'phase_finished');
  expect(finishes.map(({ phase, attempt }) => [phase, attempt])).toEqual([
    ['producer', 1],
    ['verifier', 1],
  ]);
  expect(new Set(finishes.map((event) => event.session_id)).size).toBe(1);
  for (const { phase, usage } of finishes) {
    expectBilled(
      usage,
      mock.calls.filter((one) => turnOf(one)?.role === phase),
    );
  }
}

function interruption({ rig }: Stage): EventOf<'turn_interrupted'> | undefined {
  return rig.events().findLast((event) => event.event_type === 'turn_interrupted');
}

import { describe, expect, it } from 'vitest';
import { processesMarked } from '../support/marked-processes.ts';
import { readList } from '../support/readers.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { until } from '../support/supervised-processes.ts';

const CONFIG = 'provider:\n  name: acp\n  acp: { command: [acp], mode: ask }\n';
const OFFER = { modes: { currentModeId: 'auto', availableModes: [{ id: 'ask' }, { id: 'auto' }] } };
const START = ['--intent', 'Build it', '--pairs', 'plan'];

describe('a run that ends while such an agent is at work', () => {
  const steps = ['initialize', 'session/new', 'session/set_mode', 'session/prompt', 'session/close'];
  const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

  it.each(steps.flatMap((step) => signals.map((signal) => [step, signal] as const)))(
    'at %s by %s leaves nothing running, and is gone on with',
    async (step, signal) => {
      await using rig = await createRig({
        config: CONFIG,
        programs: ['acp'],
        script: { acp: { offer: OFFER, steps: { [step]: 'hang' } } },
      });
      const running = rig.start(START);
      await until('the agent to hang', () => readList(rig.sandbox.agents, 'hangs').length > 0);
      running.signal(signal);
      await running.done;
      await until('everything to be gone', () => processesMarked(rig.sandbox.mark).length === 0);
      const [id = null] = sessionsOf(rig);
      rig.script({ acp: { offer: OFFER } });
      expect((await rig.run(['--resume'])).code).toBe(0);
      // From when the session is there, its turn goes on in it; at the end the answer itself may have come in time.
      if (step === 'session/set_mode' || step === 'session/prompt') expect(rig.turns()[0]?.session).toBe(id);
      if (id !== null) expect([...new Set(sessionsOf(rig))]).toEqual([id]);
      // What it was told before may be lost with the turn that was cut off.
      expect(rig.turns()[0]?.prompt).toContain('INITIAL REQUEST SNAPSHOT:\nBuild it');
      await rig.checkPromises();
    },
  );
});

describe('a run that ends while such an agent is to go on with a session', () => {
  const ways = [
    ['session/resume', {}],
    ['session/load', { resume: false }],
  ] as const;
  const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

  it.each(ways.flatMap(([step, sessions]) => signals.map((signal) => [step, signal, sessions] as const)))(
    'at %s by %s leaves nothing running, and goes on in the same session',
    async (step, signal, sessions) => {
      const config = CONFIG.replace(', mode: ask', '');
      const script = { acp: { sessions, steps: { [step]: 'hang' } } } as const;
      await using rig = await createRig({ config, programs: ['acp'], script });
      const running = rig.start(START);
      await until('the agent to hang', () => readList(rig.sandbox.agents, 'hangs').length > 0);
      running.signal(signal);
      await running.done;
      await until('everything to be gone', () => processesMarked(rig.sandbox.mark).length === 0);
      const before = new Set(sessionsOf(rig));
      rig.script({ acp: { sessions } });
      expect((await rig.run(['--resume'])).code).toBe(0);
      expect(before.size).toBeGreaterThan(0);
      expect(before).toContain(rig.turns().at(-1)?.session);
      await rig.checkPromises();
    },
  );
});

describe('a doctor that ends while it greets such an agent', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s leaves nothing running, and no run behind',
    async (signal) => {
      await using rig = await createRig({
        config: CONFIG,
        programs: ['acp'],
        script: { acp: { steps: { initialize: 'hang' }, ignoresEof: true } },
      });
      const running = rig.start(['doctor']);
      await until('the agent to hang', () => readList(rig.sandbox.agents, 'hangs').length > 0);
      running.signal(signal);
      await running.done;
      await until('everything to be gone', () => processesMarked(rig.sandbox.mark).length === 0);
      rig.script({ acp: { offer: OFFER } });
      expect((await rig.run(START)).code).toBe(0);
    },
  );
});

function sessionsOf(rig: Rig): string[] {
  return rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event.session_id] : []));
}

import { describe, expect, it } from 'vitest';
import { readList } from '../support/readers.ts';
import { until } from '../support/supervised-processes.ts';
import { answered, failed } from '../unit/providers/fakes.ts';
import { acpStage, says } from '../component/providers/acp-stage.ts';
import { isAlive } from '../support/marked-processes.ts';

const refusal = (message: string, code = -32603, data?: object) => ({ error: { code, message, data } });

describe('what a turn of the Agent Client Protocol comes to', () => {
  it.each([
    ['max_tokens', 'other'],
    ['max_turn_requests', 'other'],
    ['refusal', 'other'],
    ['cancelled', 'interrupted'],
  ])('with the stop reason %s it is %s', async (stopReason, expected) => {
    await using bed = acpStage({ turn: [says('Half.')], result: { stopReason } });
    const failure = failed(await bed.run(await bed.agent()));
    expect(failure.class).toBe(expected);
    expect(failure.message).toContain(stopReason);
  });

  it.each([
    ['initialize', 'configuration'],
    ['session/new', 'interrupted'],
    ['session/prompt', 'interrupted'],
  ])('where the process ends at %s it is %s', async (step, expected) => {
    await using bed = acpStage({ steps: { [step]: 'die' } });
    const failure = failed(await bed.run(await bed.agent()));
    expect(failure).toMatchObject({ class: expected, exitCode: 3 });
  });

  const steps = ['session/set_mode', 'session/prompt', 'session/resume'] as const;

  it.each(steps.flatMap((step) => (['die', 'quit', 'close_output'] as const).map((how) => [step, how] as const)))(
    'where the process stumbles at %s (%s) it is interrupted, with how, and nothing of it stays',
    async (step, how) => {
      const table = { offer: { modes: { currentModeId: 'auto', availableModes: [{ id: 'ask' }] } } };
      await using bed = acpStage({ ...table, steps: { [step]: how } });
      const resume = step === 'session/resume' ? 'old' : null;
      const failure = failed(await bed.run(await bed.agent({ mode: 'ask' }), { resume }));
      expect(failure.class).toBe('interrupted');
      const words = {
        die: 'exited with code 3',
        quit: 'exited with code 0',
        close_output: `closed its standard output before it had answered ${step}`,
      };
      expect(failure.message).toContain(words[how]);
      expect(failure.message.split('\n')).toHaveLength(1);
    },
  );

  it('where it takes no more input it is interrupted as soon as it is to be told something', async () => {
    await using bed = acpStage({ steps: { 'session/new': 'close_input' }, ignoresEof: true });
    const failure = failed(await bed.run(await bed.agent()));
    expect(failure).toMatchObject({
      class: 'interrupted',
      message: 'acp closed its standard input before it had answered session/prompt',
    });
  });

  it('where it ends while its session is closed it is answered all the same', async () => {
    await using bed = acpStage({ steps: { 'session/close': 'die' }, turn: [says('Done.')] });
    expect(answered(await bed.run(await bed.agent())).text).toBe('Done.');
  });

  it('has its session closed only where the agent says that it can be', async () => {
    for (const close of [true, false]) {
      await using bed = acpStage({ sessions: { close }, turn: [says('Done.')] });
      expect(answered(await bed.run(await bed.agent())).text).toBe('Done.');
      expect(bed.heard().some(({ method }) => method === 'session/close')).toBe(close);
    }
  });

  it('that is over without a word is answered with none, which the run then asks for again', async () => {
    await using bed = acpStage({ turn: [] });
    expect(answered(await bed.run(await bed.agent())).text).toBe('');
  });

  it('with another version of the protocol it is configuration, with the words of both sides', async () => {
    await using bed = acpStage({ version: 2 });
    const failure = failed(await bed.run(await bed.agent()));
    expect(failure.class).toBe('configuration');
    expect(failure.message).toBe('acp speaks version 2 of the Agent Client Protocol, and Autoloop speaks version 1');
  });

  it('a login that is offered is no demand; one that is demanded is auth', async () => {
    await using bed = acpStage({ steps: { 'session/new': refusal('Authentication required', -32000) } });
    expect(failed(await bed.run(await bed.agent())).class).toBe('auth');
  });

  it('a program that is not the agent is named with its words', async () => {
    await using bed = acpStage();
    bed.install('broken', '#!/bin/sh\necho "unknown option --acp" >&2\nexit 2\n');
    const failure = failed(await bed.run(await bed.agent({ command: ['broken', '--acp'] })));
    expect(failure).toMatchObject({ class: 'configuration', exitCode: 2 });
    expect(failure.message).toContain('unknown option --acp');
  });

  it.each(['', 'x'.repeat(257), 'line\nbreak'])(
    'a session with an id that is none is refused: %j',
    async (sessionId) => {
      await using bed = acpStage({ offer: { sessionId } });
      expect(failed(await bed.run(await bed.agent()))).toMatchObject({ class: 'other' });
      expect(bed.heard().map(({ method }) => method)).not.toContain('session/prompt');
    },
  );

  it('an agent that stays when its input ends, and what it left running, are ended within seconds', async () => {
    await using bed = acpStage({ turn: [{ leave: 'sleep' }, says('Done.')], ignoresEof: true });
    const { text, warnings } = answered(await bed.run(await bed.agent()));
    expect(text).toBe('Done.');
    expect(warnings).toEqual(['acp had not ended 5 s after its answer: it was ended']);
    expect(left(bed).map(isAlive)).toEqual([false]);
  });
});

describe('stopping a turn of the Agent Client Protocol', () => {
  it.each(['initialize', 'session/new', 'session/prompt'])('ends an agent that hangs at %s', async (step) => {
    await using bed = acpStage({ steps: { [step]: 'hang' } });
    const stop = new AbortController();
    const report = bed.run(await bed.agent(), { stop: stop.signal });
    await until('the agent to hang', () => bed.heard().some(({ method }) => method === step));
    stop.abort();
    expect(failed(await report).class).toBe('stopped');
  });

  it.each(['answer', 'claim_done'] as const)(
    'takes no answer to the cancelled prompt for one: %s',
    async (onCancel) => {
      await using bed = acpStage({ onCancel }, { rules: [{ hang: 'silent' }] });
      const stop = new AbortController();
      const report = bed.run(await bed.agent(), { stop: stop.signal });
      await until('the turn', () => bed.heard().some(({ method }) => method === 'session/prompt'));
      stop.abort();
      expect(failed(await report).class).toBe('stopped');
      expect(bed.heard().at(-1)).toMatchObject({ method: 'session/cancel' });
    },
  );

  it('allows nothing that the agent asks for once it was cancelled', async () => {
    await using bed = acpStage({ onCancel: 'ask' }, { rules: [{ hang: 'silent' }] });
    const stop = new AbortController();
    const report = bed.run(await bed.agent(), { stop: stop.signal });
    await until('the turn', () => bed.heard().some(({ method }) => method === 'session/prompt'));
    stop.abort();
    expect(failed(await report).class).toBe('stopped');
    expect(bed.heard().at(-1)).toMatchObject({ result: { outcome: { outcome: 'cancelled' } } });
  });

  it('asks the agent to cancel before it is ended, also where a limit ends it', async () => {
    await using bed = acpStage({ steps: { 'session/prompt': 'hang' } });
    const agent = await bed.agent({}, { idleTimeoutMinutes: 0.02 });
    expect(failed(await bed.run(agent)).class).toBe('hang_idle');
    expect(bed.heard().at(-1)).toMatchObject({ method: 'session/cancel' });
  });
});

describe('settings of a session', () => {
  const modes = { currentModeId: 'auto', availableModes: [{ id: 'ask' }, { id: 'auto' }] };
  const configOptions = [
    {
      id: 'm',
      category: 'model',
      type: 'select',
      currentValue: 'small',
      options: [{ value: 'small' }, { value: 'big' }],
    },
    { id: 'fast', category: 'model_config', type: 'boolean', currentValue: false },
    {
      id: 'e',
      category: 'thought_level',
      type: 'select',
      currentValue: 'low',
      options: [{ group: 'g', options: [{ value: 'high' }] }],
    },
  ];

  it('are set after the session is open, where they are not so already', async () => {
    await using bed = acpStage({ offer: { modes, configOptions } });
    answered(await bed.run(await bed.agent({ mode: 'ask', model: 'big', config: { fast: true, e: 'high' } })));
    expect(bed.heard().filter(({ method }) => method?.startsWith('session/set') === true)).toMatchObject([
      { params: { modeId: 'ask' } },
      { params: { configId: 'm', value: 'big' } },
      { params: { configId: 'fast', value: true, type: 'boolean' } },
      { params: { configId: 'e', value: 'high' } },
    ]);
  });

  it.each([
    [{ mode: 'none' }, 'acp offers no mode "none"; it offers ask, auto'],
    [{ model: 'none' }, 'acp offers no value of m "none"; it offers small, big'],
    [{ config: { none: 'x' } }, 'acp offers no option "none"; it offers m, fast, e'],
  ])('that the agent does not offer end the turn with what it offers: %j', async (acp, message) => {
    await using bed = acpStage({ offer: { modes, configOptions } });
    expect(failed(await bed.run(await bed.agent(acp)))).toMatchObject({ class: 'configuration', message });
  });

  it('that it offers and refuses all the same end the turn with its words and the others', async () => {
    const steps = { 'session/set_config_option': refusal('big is for teams', -32602) };
    await using bed = acpStage({ offer: { modes, configOptions }, steps });
    expect(failed(await bed.run(await bed.agent({ model: 'big' })))).toMatchObject({
      class: 'configuration',
      message: 'acp offers the value of m "big" and refuses it: big is for teams; it offers small',
    });
  });

  it.each([
    ['session/set_config_option', { model: 'big' }],
    ['session/set_mode', { mode: 'ask' }],
  ] as const)('are not blamed for what else goes wrong at %s', async (method, acp) => {
    const steps = { [method]: refusal('not logged in') };
    await using bed = acpStage({ offer: { modes, configOptions }, steps });
    expect(failed(await bed.run(await bed.agent(acp)))).toMatchObject({ class: 'auth', message: 'acp: not logged in' });
  });

  it('may be models beside the options, as gemini has them', async () => {
    const models = { currentModelId: 'a', availableModels: [{ modelId: 'a' }, { modelId: 'b' }] };
    await using bed = acpStage({ offer: { models } });
    answered(await bed.run(await bed.agent({ model: 'b' })));
    expect(bed.heard().find(({ method }) => method === 'session/set_model')).toMatchObject({
      params: { modelId: 'b' },
    });
  });
});

function left(bed: { agents: string }): number[] {
  return readList<{ pid: number }>(bed.agents, 'leftovers').map(({ pid }) => pid);
}

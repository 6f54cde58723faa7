import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/core/events.ts';
import { processesMarked, until } from '../support/marked-processes.ts';
import { expectBilled, tokensOf } from './bill.ts';
import type { ModelCall, Reply } from './mock/api.ts';
import { AGENTS, createStage, type Stage } from './stage.ts';
import { promptOf, turnOf, work } from './worker.ts';

const ENDS = [
  { signal: 'SIGINT', end: { code: 130 }, status: 'interrupted' },
  { signal: 'SIGTERM', end: { code: 143 }, status: 'interrupted' },
  { signal: 'SIGKILL', end: { code: null, signal: 'SIGKILL' }, status: undefined },
] as const;

/** Both agents run their tools in sessions of their own; these processes get away from those as well. */
const ENDLESS = 'sleep 600 & setsid -f sleep 600; exec sleep 600';

describe.each(AGENTS)('a run of %s that is ended during a tool call', (agent) => {
  it.each(ENDS)(
    'by $signal leaves no process, goes on in the same session, and counts what was billed',
    async ({ signal, end, status }) => {
      await using stage = await createStage({ agent, decide: hangInFirstTool });
      const running = stage.start('--intent', 'Greet', '--pairs', 'plan');
      await running.orExit(toolAtWork(stage));
      await running.orExit(until(() => `the bill of the first call in ${agent}'s files`, hasNotedBill(stage), 30_000));
      running.signal(signal);
      expect(await running.done).toMatchObject(end);
      await until(
        () => `the end of ${JSON.stringify(processes(stage))}`,
        () => processes(stage).length === 0,
        30_000,
      );
      expect(statuses(stage)).toEqual(status === undefined ? [] : [status]);

      stage.mock.decide = work;
      expect(await stage.run('--resume')).toMatchObject({ code: 0 });
      const session = stage.rig.events().find((event) => event.event_type === 'session_identified')?.session_id;
      const again = stage.mock.calls.find((call) => /^ATTEMPT: 2$/m.test(promptOf(call)))!;
      expect(promptOf(again)).toMatch(new RegExp(`^RESUMED (THREAD|SESSION) ID: ${session!}$`, 'm'));
      expect(turnOf(again)).toMatchObject({ pair: 'plan', role: 'producer', cycle: 1 });
      expect(again.userTexts.filter((text) => text.includes('LOOP PAIR: '))).toHaveLength(2);
      expect(statuses(stage).at(-1)).toBe('success');
      const told = ending(stage)?.usage?.usage;
      const { calls } = stage.mock;
      // codex adds a call to its thread's total when the tool has ended: one that dies with us before that forgets it.
      const forgot = agent === 'codex' && signal === 'SIGKILL' && told?.inputTokens !== tokensOf(calls).inputTokens;
      expectBilled(told, forgot ? calls.slice(1) : calls);
      await stage.rig.checkPromises();
    },
  );
});

function hangInFirstTool(call: ModelCall): Reply {
  return call.toolResults.length === 0 ? { do: { run: ENDLESS } } : work(call);
}

function toolAtWork(stage: Stage): Promise<void> {
  const sleeping = () => processes(stage).filter((command) => command === 'sleep 600');
  return until(
    () => `the start of three commands; there are ${JSON.stringify(processes(stage))}`,
    () => sleeping().length === 3,
    60_000,
  );
}

/** An agent notes what a call was billed a moment after the tool has started. Stopped before, it never learns of it. */
function hasNotedBill({ rig, mock }: Stage): () => boolean {
  const home = path.join(rig.sandbox.root, 'home');
  return () => {
    const transcripts = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    );
    const bill = `"output_tokens":${mock.calls[0]?.billed?.output ?? ''},`;
    return transcripts.some((name) => readFileSync(path.join(home, name), 'utf8').includes(bill));
  };
}

/** Of the run, by the mark that the environment of each inherits. */
function processes(stage: Stage): string[] {
  return processesMarked(stage.rig.sandbox.mark).map(({ command }) => command);
}

/** The end of the run, with what all its turns have used, the one that was lost among them. */
function ending(stage: Stage): EventOf<'run_finished'> | undefined {
  return stage.rig.events().findLast((event) => event.event_type === 'run_finished');
}

function statuses(stage: Stage): string[] {
  return stage.rig.events().flatMap((event) => (event.event_type === 'run_finished' ? [event.status] : []));
}

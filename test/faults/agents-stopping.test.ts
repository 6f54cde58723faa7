import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { processesMarked } from '../support/marked-processes.ts';
import { until } from '../support/supervised-processes.ts';

const CONFIGS = {
  codex: 'provider:\n  name: codex\n',
  claude: 'provider:\n  name: claude\n  claude: { permission_strategy: allow_core_tools }\n',
  command: `provider:
  name: command
  command:
    name: my-agent
    start: [claude, -p, --output-format, stream-json, --verbose]
    resume: [claude, -p, --output-format, stream-json, --verbose, --resume, '{{session}}']
    output: jsonl
    answer: result
    session: session_id
    final: type=result
`,
} as const;
/** What the agent does in its first turn, having left processes at work that its own end would not take with it. */
const STEPS = {
  'is silent': { hang: 'silent' },
  'is talking': { hang: 'chatty' },
  'stays after its last word': { lingers: true },
} as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const AGENTS = Object.keys(CONFIGS) as (keyof typeof CONFIGS)[];

const CASES = AGENTS.flatMap((agent) =>
  (Object.keys(STEPS) as (keyof typeof STEPS)[]).flatMap((step) =>
    SIGNALS.map((signal) => [agent, step, signal] as const),
  ),
);

describe('a run that ends while its agent', () => {
  it.each(CASES)('%s %s: nothing is left after %s, and the run is gone on with', async (agent, step, signal) => {
    const rules = [{ role: 'producer', attempt: 1, times: 1, leave: ['session', 'orphan'], ...STEPS[step] }] as const;
    await using rig = await createRig({ config: CONFIGS[agent], script: { rules } });
    const running = rig.start(['--intent', 'Build it', '--pairs', 'plan']);
    await until('its processes', () => rig.leftovers().length === 2);
    if (step === 'stays after its last word') await until('its last word', () => said(rig).includes('loop-control'));
    running.signal(signal);
    await running.done;
    await until('everything to be gone', () => processesMarked(rig.sandbox.mark).length === 0);
    expect(rig.leftovers().filter(({ alive }) => alive)).toEqual([]);
    const sessions = rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event] : []));
    expect((await rig.run(['--resume'])).code).toBe(0);
    const [first] = sessions;
    if (first !== undefined) expect(rig.turns()[1]?.session).toBe(first.session_id);
    await rig.checkPromises();
  });
});

/** The raw output of the turns so far. */
function said(rig: Rig): string {
  const tasks = path.join(rig.workspace, '.autoloop/tasks');
  const logs = readdirSync(tasks, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /turns\/[^/]*\.log$/.test(name),
  );
  return logs.map((name) => readFileSync(path.join(tasks, name), 'utf8')).join('');
}

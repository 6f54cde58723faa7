import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

const SLOW = 'renice -n 19 -p $PPID >/dev/null; (sleep 4; kill -CONT $PPID) >/dev/null 2>&1 & kill -STOP $PPID';
const REJECTED = {
  type: 'rate_limit_event',
  rate_limit_info: { status: 'rejected', resetsAt: 1_830_000_000, rateLimitType: 'five_hour' },
};
const refused = (words: string, more: object = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: true,
  result: words,
  api_error_status: 429,
  api_error_type: 'rate_limit_error',
  terminal_reason: 'api_error',
  duration_ms: 9000,
  total_cost_usd: 0,
  ...more,
});
const REJECTION = 'API Error: Request rejected (429) · no more';

describe('a usage limit of a claude that is slow to tell it: of no priority, and stopped for 4 s', () => {
  it.each([
    ['by its name', false, [refused('Come back later.', { api_error: 'usage_limit_reached' })]],
    ['by its words', false, [refused("You've hit your session limit · resets 3pm")]],
    ['by its event', true, [REJECTED, refused(REJECTION)]],
    ['by no retry', true, [{ type: 'system', subtype: 'init' }, refused(REJECTION)]],
  ])('pauses the run after one request: %s', async (_, stream, lines) => {
    const config = `provider:\n  name: claude\n  claude: { permission_strategy: allow_core_tools, stream: ${stream} }\n`;
    const stdout = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await using rig = await createRig({ config, script: { rules: [{ shell: [SLOW], stdout, exit: 1 }] } });
    const { code } = await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    expect(code).toBe(4);
    expect(rig.events().at(-1)).toMatchObject({ event_type: 'run_finished', status: 'paused' });
    expect(rig.events().findLast((event) => event.event_type === 'turn_interrupted')).toMatchObject({
      reason: 'limit',
    });
    await rig.checkPromises({ maxTurns: 1 });
  });
});

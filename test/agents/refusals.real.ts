import { describe, expect, it } from 'vitest';
import type { Refusal } from './mock/api.ts';
import { breakingOff, refusal } from './outages.ts';
import { AGENTS, createStage, type OwnName, type StageOptions } from './stage.ts';
import { work } from './worker.ts';

const RUN = ['--intent', 'Greet', '--pairs', 'plan'];
const HOUR_MS = 3_600_000;
const SETTINGS: Readonly<Record<OwnName, RegExp>> = {
  codex: /Remove provider\.codex\.model to use codex's own default/,
  claude: /Set provider\.claude\.model/,
};
const LOGINS: Readonly<Record<OwnName, RegExp>> = { codex: /`codex login`/, claude: /`claude auth login`/ };
const TOO_MANY = refusal(429, 'rate_limit_error', 'Too many requests', { 'retry-after': '2' });
/** A subscription's login. */
const SUBSCRIPTION = { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy' };

describe.each(AGENTS)('when the API refuses %s, whose own retries are off unless named', (agent) => {
  it('for its key, the run ends at once and says how to log in', async () => {
    await using stage = await createStage({ agent, decide: () => refusal(401, 'authentication_error', 'bad key') });
    const { code, stderr } = await stage.run(...RUN);
    expect(code).toBe(1);
    expect(stderr).toMatch(LOGINS[agent]);
    expect(stage.mock.calls).toHaveLength(1);
    await stage.rig.checkPromises();
  });

  it('the model, the run ends at once and names the setting', async () => {
    await using stage = await createStage({
      agent,
      decide: () => refusal(404, 'model_not_found', 'The model `x` does not exist'),
    });
    const { code, stderr } = await stage.run(...RUN);
    expect(code).toBe(1);
    expect(stderr).toMatch(SETTINGS[agent]);
  });

  it('for a moment, its one own retry waits as long as it is told, and Autoloop need not notice', async () => {
    await using stage = await createStage({ agent, decide: breakingOff(TOO_MANY, 1), ownRetries: 1 });
    const { code, stderr } = await stage.run(...RUN);
    const [first, second] = stage.mock.calls;
    expect(code).toBe(0);
    expect(stderr).not.toContain(`WARNING: ${agent}: `);
    expect(second!.at - first!.at).toBeGreaterThan(1900);
  });

  it('for longer than its one own retry, Autoloop tries again', async () => {
    // Only in the events of its progress does claude tell a rate limit from a usage limit.
    const provider = { claude: { stream: true } };
    await using stage = await createStage({ agent, decide: breakingOff(TOO_MANY, 2), ownRetries: 1, provider });
    const { code, stderr } = await stage.run(...RUN);
    expect(code).toBe(0);
    expect(stderr.match(new RegExp(`WARNING: ${agent}: .*429`, 'g'))).toHaveLength(1);
    await stage.rig.checkPromises();
  });

  it.each([
    { when: 'today', hours: 2 },
    { when: 'another day', hours: 75 },
  ])('until a usage limit ends $when, the run pauses with that time', async ({ hours }) => {
    const resets = new Date(Date.now() + hours * HOUR_MS);
    await using stage = await createStage({ agent, ...usageLimit(agent, resets) });
    const { code, stdout } = await stage.run(...RUN);
    const until = /^\[PAUSED\] .*\(until ([^)]+)\)/m.exec(stdout)?.[1] ?? '';
    expect(code).toBe(4);
    // The programs tell the minute, claude only the hour of another day.
    const precision = agent === 'claude' && hours > 24 ? HOUR_MS : 60_000;
    expect(Math.abs(Date.parse(until) - resets.getTime())).toBeLessThanOrEqual(precision);
    expect(stage.mock.calls).toHaveLength(1);
    await stage.rig.checkPromises();
  });
});

describe('codex', () => {
  it('goes on when its usage limit has ended', async () => {
    const askedAt: number[] = [];
    const resetsAt = () => new Date((askedAt[0] ?? 0) + 2000);
    const decide: typeof work = (call) => {
      askedAt.push(Date.now());
      return askedAt.length === 1 ? usageLimit('codex', resetsAt()).decide(call) : work(call);
    };
    await using stage = await createStage({ agent: 'codex', decide, provider: { max_wait_minutes: 1 } });
    expect(await stage.run(...RUN)).toMatchObject({ code: 0 });
    // codex tells the minute of the end only. Where that minute has begun, the next try comes half a minute later.
    expect(askedAt[1]).toBeGreaterThanOrEqual(resetsAt().setSeconds(0, 0));
  });
});

describe('claude', () => {
  it('pauses the run when it is refused at once and no end is told', async () => {
    await using stage = await createStage({ agent: 'claude', decide: () => TOO_MANY });
    const { code, stdout } = await stage.run(...RUN);
    expect(code).toBe(4);
    expect(stdout).toContain('[PAUSED] claude: API Error: Request rejected (429)');
    expect(stage.mock.calls).toHaveLength(1);
  });

  it('pauses the run until the date that the owner’s spending limit names', async () => {
    const words =
      'You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.';
    await using stage = await createStage({
      agent: 'claude',
      decide: () => refusal(400, 'invalid_request_error', words),
    });
    const { code, stdout } = await stage.run(...RUN);
    expect(code).toBe(4);
    expect(stdout).toContain('(until 2027-01-01T00:00:00Z)');
  });
});

/** How each service says that a subscription's limit is used up. */
function usageLimit(agent: OwnName, resets: Date): Pick<StageOptions, 'decide' | 'env'> {
  const seconds = Math.floor(resets.getTime() / 1000);
  if (agent === 'codex') {
    const error = { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_at: seconds };
    const limit: Refusal = { status: 429, body: { error: { ...error, plan_type: 'plus' } } };
    return { decide: () => limit };
  }
  const headers = {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(seconds),
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'retry-after': String(seconds - Math.floor(Date.now() / 1000)),
  };
  return { decide: () => refusal(429, 'rate_limit_error', 'Over the limit', headers), env: SUBSCRIPTION };
}

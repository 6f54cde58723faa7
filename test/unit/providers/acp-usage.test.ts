import { describe, expect, it } from 'vitest';
import { UsageMeter } from '../../../src/providers/acp/usage.ts';
import { usage } from './fakes.ts';

const cost = (amount: number, currency = 'USD') => ({ sessionUpdate: 'usage_update', cost: { amount, currency } });
const chunk = (figures: object) => ({ sessionUpdate: 'agent_message_chunk', _meta: { usage: figures } });

describe('what an agent tells of its usage', () => {
  it.each([
    // Thinking beside the output, the cache beside the input.
    [{ inputTokens: 1000, outputTokens: 29, thoughtTokens: 5, cachedReadTokens: 200, totalTokens: 1234 }, 1200, 34],
    // Thinking as part of the output.
    [{ inputTokens: 2000, outputTokens: 68, thoughtTokens: 10, cachedReadTokens: 400, totalTokens: 2468 }, 2400, 68],
    // The cache as part of the input.
    [{ inputTokens: 1200, outputTokens: 34, thoughtTokens: 5, cachedReadTokens: 200, totalTokens: 1234 }, 1200, 34],
    [{ inputTokens: 10, outputTokens: 2, cachedReadTokens: 3, cachedWriteTokens: 4 }, 17, 2],
  ])('is read by its own total: %j', (figures, input, output) => {
    expect(new UsageMeter(0).usage({ usage: figures })).toMatchObject({ inputTokens: input, outputTokens: output });
  });

  it('may stand beside the protocol, or be summed over its chunks', () => {
    const quota = { _meta: { quota: { token_count: { input_tokens: 2400, output_tokens: 68 } } } };
    expect(new UsageMeter(0).usage(quota)).toEqual(usage({ inputTokens: 2400, outputTokens: 68 }));
    const meter = new UsageMeter(0);
    const request = { inputTokens: 1200, outputTokens: 34, totalTokens: 1234, cachedReadTokens: 200 };
    for (let count = 0; count < 2; count += 1) meter.update(chunk(request));
    expect(meter.usage({})).toEqual(usage({ inputTokens: 2400, outputTokens: 68, cachedInputTokens: 400 }));
  });

  it('is unknown field by field where nothing is said', () => {
    expect(new UsageMeter(0).usage({ usage: { outputTokens: 5 } })).toEqual(usage({ outputTokens: 5 }));
    expect(new UsageMeter(0).usage(null)).toEqual(usage({}));
  });

  it('has the cost of a session, of which a turn is the difference', () => {
    const meter = new UsageMeter(0.3);
    meter.update(cost(0.35));
    meter.update(cost(0.4));
    expect([meter.usage(null).costUsd, meter.totals()?.costUsd]).toEqual([0.1, 0.4]);
  });

  it('tells no cost where the count went down, however high it rises again', () => {
    const meter = new UsageMeter(0.3);
    meter.update(cost(0.1));
    meter.update(cost(0.9));
    expect([meter.usage(null).costUsd, meter.totals(), meter.hasLostCount]).toEqual([null, null, true]);
  });

  it('tells no cost in a session whose count is lost, in whatever turn', () => {
    const meter = new UsageMeter(null);
    meter.update(cost(0.1));
    expect([meter.usage(null).costUsd, meter.totals(), meter.hasLostCount]).toEqual([null, null, true]);
    expect(new UsageMeter(null).hasLostCount).toBe(false);
  });

  it('leaves what a turn did not tell to the next one that does', () => {
    const silent = new UsageMeter(0.3);
    expect([silent.usage(null).costUsd, silent.totals()?.costUsd]).toEqual([null, 0.3]);
    expect(new UsageMeter(0).totals()?.costUsd).toBe(0);
  });

  it('counts US dollars only', () => {
    const meter = new UsageMeter(0);
    meter.update(cost(5, 'EUR'));
    expect([meter.usage(null).costUsd, meter.foreignCurrency, meter.hasLostCount]).toEqual([null, 'EUR', false]);
  });
});

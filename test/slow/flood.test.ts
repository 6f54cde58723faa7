import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Bed } from '../component/supervision/bed.ts';

const FLOOD = 300_000_000;

describe('300 MB of output in one turn', () => {
  it.each([
    ['with lines', `yes "$(seq 1 50 | tr '\\n' ' ')" | head -c ${FLOOD}`],
    ['without one line end', `head -c ${FLOOD} /dev/zero`],
    ['on standard error', `head -c ${FLOOD} /dev/zero >&2`],
  ])('%s takes less than 300 MB of memory and 200 MB of log', async (_, script) => {
    await using bed = new Bed();
    const { result, characters, peakBytes } = await bed.drive(['sh', '-c', script]).report();
    expect(result).toMatchObject({ ending: 'exited', exitCode: 0 });
    expect(peakBytes).toBeLessThan(300_000_000);
    expect(statSync(bed.logFile).size).toBeLessThan(200_001_000);
    expect(result.notices).toContainEqual(expect.stringContaining('limit of 200 MB'));
    if (script.startsWith('yes')) expect(characters).toBeGreaterThan(FLOOD * 0.99);
    const cut = script === `head -c ${FLOOD} /dev/zero`;
    expect(result.notices.some((notice) => notice.includes('were cut'))).toBe(cut);
  });
});

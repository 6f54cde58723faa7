import { expect } from 'vitest';

/** What a quadratic function would exceed many times over, and a linear one stays well below. */
const SIZES = { small: 20_000, large: 160_000 };
const FACTOR = 3 * (SIZES.large / SIZES.small);

/** Times below this are noise, in ms. */
const FLOOR_MS = 5;

/**
 * Fails when the work for a text eight times as long takes 24 times as long, as it does in quadratic time. It counts processor time of
 * this process, not the clock's: a busy machine changes nothing.
 */
export function expectLinear(work: (size: number) => unknown): void {
  work(SIZES.small); // Compiled from here on.
  const small = cpuTimeOf(() => work(SIZES.small));
  const large = cpuTimeOf(() => work(SIZES.large));
  const text = `${small.toFixed(1)} ms for ${SIZES.small} characters, ${large.toFixed(1)} ms for ${SIZES.large}`;
  expect(large, text).toBeLessThan(FACTOR * Math.max(small, FLOOR_MS));
}

/** Processor time of this process that `work` takes, in ms: the least of three runs. */
export function cpuTimeOf(work: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

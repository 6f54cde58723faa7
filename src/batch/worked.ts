import type { BatchLine } from '../store/batch-log.ts';

/**
 * How long the earlier starts of a batch worked, in ms: each from its beginning to its last line. What one that was killed did after its
 * last line is not known. Agents may have written these lines: a time that cannot be counts for nothing.
 */
export function workedMs(lines: readonly Pick<BatchLine, 'ts' | 'step'>[], now: number): number {
  let worked = 0;
  let [begun, last]: [number | null, number] = [null, 0];
  for (const { ts, step } of lines) {
    const at = Date.parse(ts);
    if (Number.isNaN(at) || at > now || (begun !== null && at < last)) continue;
    if (step === 'begun') {
      if (begun !== null) worked += last - begun;
      begun = at;
    }
    last = at;
  }
  return begun === null ? worked : worked + (last - begun);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { readLog } from '../../../src/store/log/log-reader.ts';
import { cpuTimeOf } from '../../support/growth.ts';
import { logText } from '../../component/store/rig.ts';
import { tries } from '../../support/tries.ts';

/** The events in the bytes of a log, and the length of the part that holds them. */
function parseLog(bytes: Buffer, file: string): { events: RunEvent[]; size: number } {
  const events: RunEvent[] = [];
  const size = readLog([bytes], file, (event) => events.push(event));
  return { events, size };
}

const parse = (text: string | Buffer) => parseLog(Buffer.from(text), 'events.jsonl');

describe('reading a log', () => {
  it('gives every event', () => {
    const text = logText(3);
    expect(parse(text).events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(parse(text).size).toBe(Buffer.byteLength(text));
    expect(parse('')).toEqual({ events: [], size: 0 });
  });

  it('accepts lines that a git configuration gave other ends', () => {
    expect(parse(logText(3).replaceAll('\n', '\r\n')).events).toHaveLength(3);
  });

  it('gives a prefix of the events wherever the log was cut', () => {
    const whole = Buffer.from(logText(4));
    const events = parse(whole).events;
    fc.assert(
      fc.property(fc.nat(whole.length), (at) => {
        const read = parse(whole.subarray(0, at));
        expect(read.events).toEqual(events.slice(0, read.events.length));
        expect(read.size).toBe(Buffer.byteLength(logText(read.events.length)));
        expect(at - read.size).toBeLessThan(whole.length / 4 + 1);
      }),
      { numRuns: tries(200) },
    );
  });

  it.each(['\0\0\0\0', '\0\0\0\0\n', '{"ts":"20', '{"ts":"20\n', '{"ts":"20\0\0\0', '\n'])(
    'takes %j at its end for a torn line',
    (tail) => {
      const good = logText(2);
      expect(parse(good + tail)).toEqual({ events: parse(good).events, size: Buffer.byteLength(good) });
    },
  );

  it('gives the events in order or names the bad line, whichever byte is flipped', () => {
    const whole = Buffer.from(logText(5));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= bits;
        try {
          const { events } = parse(flipped);
          expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
          // At most the last line is torn, or the last two that lost the newline between them.
          expect(events.length).toBeGreaterThanOrEqual(3);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).message).toMatch(/^events\.jsonl line [1-5] /);
        }
      }),
      { numRuns: tries(500) },
    );
  });

  it.each([
    ['garbage', 'is not a JSON object'],
    ['', 'is not a JSON object'],
    ['7', 'is not a JSON object'],
    ['{"seq":2}', 'has no event_type'],
    ['{"seq":3,"event_type":"noticed"}', 'has seq 3, expected 2'],
    ['{"event_type":"noticed"}', 'has seq missing, expected 2'],
  ])('names the line that is bad: %s', (line, what) => {
    const [first = '', third = ''] = logText(3).split('\n').toSpliced(1, 1);
    const read = () => parse(`${first}\n${line}\n${third}\n`);
    expect(read).toThrow(`events.jsonl line 2 ${what}`);
  });

  it('takes little longer than parsing its lines', () => {
    const text = logText(20_000);
    const log = Buffer.from(text);
    const lines = text.trimEnd().split('\n');
    const parsing = cpuTimeOf(() => lines.forEach((line) => void JSON.parse(line)));
    const reading = cpuTimeOf(() => parseLog(log, 'events.jsonl'));
    // 1.0 to 3.3 was measured on a busy machine.
    expect(reading / parsing, 'reading in units of parsing').toBeLessThan(5);
  });

  it('reads a log in pieces that end anywhere as it reads it in one', () => {
    const text = `${logText(3)}{"torn`;
    const whole = parse(text);
    for (let at = 0; at <= Buffer.byteLength(text); at += 1) {
      const bytes = Buffer.from(text);
      const events: unknown[] = [];
      const size = readLog([bytes.subarray(0, at), bytes.subarray(at)], 'events.jsonl', (event) => events.push(event));
      expect({ events, size }, `cut at ${at}`).toEqual(whole);
    }
  });
});

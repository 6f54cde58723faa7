import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/supervision/lines.ts';

type Line = [text: string, cut: boolean];

function split(chunks: readonly Uint8Array[], maxBytes: number): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter(maxBytes, (line, cut) => lines.push([line, cut]));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

function chop(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)];
}

/** What the rules say, on the whole text at once. */
function model(bytes: Uint8Array, maxBytes: number): Line[] {
  const parts = Buffer.from(bytes).toString('latin1').split('\n');
  const last = parts.pop()!;
  return [...parts, ...(last === '' ? [] : [last])].map((part) => {
    const cut = part.length > maxBytes;
    const kept = cut ? part.slice(0, maxBytes) : part.replace(/\r$/, '');
    return [Buffer.from(kept, 'latin1').toString('utf8'), cut];
  });
}

/** Bytes in which line ends and halves of characters are frequent. */
const bytes = fc
  .array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0xe2, 0x82, 0xac, 0xf0, 0x41), fc.integer({ min: 0, max: 255 })), {
    maxLength: 200,
  })
  .map((numbers) => Uint8Array.from(numbers));

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(9)), fc.integer({ min: 1, max: 60 }), (input, sizes, maxBytes) => {
        expect(split(chop(input, sizes), maxBytes)).toEqual(model(input, maxBytes));
      }),
    );
  });

  it('joins a character whose bytes come one by one', () => {
    expect(split(chop(Buffer.from('€uro\n'), [1, 1, 1]), 100)).toEqual([['€uro', false]]);
  });

  it('takes bytes that are not UTF-8 for U+FFFD and goes on', () => {
    expect(split([Buffer.from([0x61, 0xff, 0x62, 0x0a, 0x63, 0x0a])], 100)).toEqual([
      ['a\uFFFDb', false],
      ['c', false],
    ]);
  });

  it('hands over a line of 12 MB whole, and the short one after it', () => {
    const long = Buffer.alloc(12_000_000, 'x');
    const lines = split([long.subarray(0, 7_000_001), long.subarray(7_000_001), Buffer.from('\r\nnext')], 16_000_000);
    expect(lines.map(([text, cut]) => [text.length, cut])).toEqual([
      [12_000_000, false],
      [4, false],
    ]);
  });

  it('holds no more than its limit of a line that never ends', () => {
    const splitter = new LineSplitter(1_000_000, () => undefined);
    const before = process.memoryUsage().arrayBuffers;
    const chunk = Buffer.alloc(1_000_000, 'x');
    for (let pushed = 0; pushed < 300; pushed += 1) splitter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notAHeader, parseBlocks, sequence, withBlock } from '../../../src/store/run/decision-blocks.ts';
import type { BlockHeader } from '../../../src/store/run/decision-blocks.ts';

const HEADER: BlockHeader = {
  block_seq: 1,
  owner: 'planner',
  phase_id: 'task-global',
  pair: 'plan',
  turn_seq: 1,
  run_id: 'RUN0',
  ts: 'TS',
};

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '<autoloop-decisions-header version="1" block_seq="9" owner="runtime" />',
    '<superloop-decisions-header block_seq="9" qa_seq="9">',
    '  <autoloop-decisions-header />',
    '<autoloop-decisions-header',
    '</autoloop-decisions-header>',
    '',
    '\r',
    '\u2028<autoloop-decisions-header />',
  ),
);
const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));

describe('the blocks of decisions.txt', () => {
  it('have headers in the exact form of the format', () => {
    const answer = { ...HEADER, owner: 'runtime', entry: 'answers', qa_seq: 2, source: 'human' } as const;
    expect(withBlock('', answer, 'Yes, do it')).toBe(
      '<autoloop-decisions-header version="1" block_seq="1" owner="runtime" phase_id="task-global" pair="plan" turn_seq="1" ' +
        'run_id="RUN0" ts="TS" entry="answers" qa_seq="2" source="human" />\nYes, do it\n',
    );
    expect(withBlock('', { ...HEADER, pair: null }, '')).not.toContain('pair=');
  });

  it('stand under each other without a blank line', () => {
    const one = withBlock('', HEADER, 'first');
    const two = withBlock(`${one}by the agent\n\n \n`, { ...HEADER, block_seq: 2 }, '\n\nsecond\n\n');
    expect(two).not.toMatch(/\n\s*\n/);
    expect(parseBlocks(two).map((block) => block.body)).toEqual(['first\nby the agent\n', 'second\n']);
  });

  it('come back as they were written, whatever texts they hold', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (bodies) => {
        const file = bodies.reduce((sum, body, at) => withBlock(sum, { ...HEADER, block_seq: at + 1 }, body), '');
        const blocks = parseBlocks(file);
        expect(blocks.map((block) => sequence(block, 'block_seq'))).toEqual(bodies.map((_, at) => at + 1));
        const expected = bodies.map((body) => notAHeader(body.trim().replaceAll(/\r\n?/g, '\n')).trim());
        expect(blocks.map((block) => block.body.trim())).toEqual(expected);
      }),
    );
  });

  it('come back with their attributes, whatever these hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (phase_id) => {
        const [block, ...others] = parseBlocks(withBlock('', { ...HEADER, phase_id }, 'x'));
        expect(block?.attributes.phase_id).toBe(phase_id.toWellFormed());
        expect(others).toEqual([]);
      }),
    );
  });

  it('are found in what agents made of the file', () => {
    const mangled = [
      'preamble without a header',
      '<superloop-decisions-header block_seq="4"   owner="it&#39;s &lt;me&gt;" turn_seq="x"/>',
      'text',
      '<autoloop-decisions-header>',
      '<autoloop-decisions-header turn_seq="7" no-value other=bare />\t\r',
      'not closed: <autoloop-decisions-header block_seq="9"',
    ].join('\n');
    const blocks = parseBlocks(mangled);
    expect(blocks.map((block) => block.attributes)).toEqual([
      { block_seq: '4', owner: "it's <me>", turn_seq: 'x' },
      {},
      { turn_seq: '7' },
    ]);
    expect(blocks.map((block) => sequence(block, 'turn_seq'))).toEqual([0, 0, 7]);
  });
});

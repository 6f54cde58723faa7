import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseControl } from '../../src/core/control.ts';
import type { Control } from '../../src/core/vocabulary.ts';
import { expectLinear } from '../support/growth.ts';
import { tries } from '../support/tries.ts';

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    'The plan',
    '**bold**',
    '`code`',
    'a > b',
    '<b>',
    '{"kind":"promise"}',
    '- [x] done',
    '🎉',
    '\\',
    '|',
  ),
);
const spoken = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.trim() !== '');

/** What an agent may say, and the block that says it. */
const said: fc.Arbitrary<{ control: Control; block: string }> = fc
  .oneof(
    fc.constantFrom('COMPLETE', 'INCOMPLETE', 'BLOCKED').map((promise) => ({ kind: 'promise', promise }) as const),
    fc.record({
      kind: fc.constant('question' as const),
      question: fc.oneof(
        spoken,
        fc.constantFrom('Is `<loop-control>` meant?', 'End in </loop-control>?', '<question>?'),
      ),
      bestSupposition: fc.option(spoken),
    }),
  )
  .chain((control) => fc.tuple(fc.constant(control), fc.constantFrom(0, 2), fc.boolean()))
  .map(([control, indent, upper]) => {
    const { bestSupposition, ...fields } = { bestSupposition: null, ...control };
    const supposition = bestSupposition === null ? {} : { best_supposition: bestSupposition };
    const tag = upper ? 'LOOP-CONTROL' : 'loop-control';
    const json = JSON.stringify({ schema: 'docloop.loop_control/v1', ...fields, ...supposition }, null, indent);
    return { control: trimmed(control), block: `<${tag}>\n${json}\n</${tag}>` };
  });

function trimmed(control: Control): Control {
  if (control.kind !== 'question') return control;
  const bestSupposition = control.bestSupposition?.trim() ?? null;
  return { ...control, question: control.question.trim(), bestSupposition };
}

/** A line of prose: no tag of ours, and no fence. */
const sentence = fc
  .array(word, { maxLength: 6 })
  .map((words) => words.join(' ').replace(/[\r\n]/g, ' '))
  .filter((line) => !/loop-control|question|promise>|^[\s>*+\-\d.)]*(?:```|~~~)/i.test(line));

const quoted = fc
  .tuple(
    said,
    fc.constantFrom('```', '~~~', '`````'),
    fc.constantFrom('', 'json', ' text'),
    fc.array(sentence, { maxLength: 3 }),
  )
  .map(([{ block }, fence, info, lines]) =>
    [fence + info, ...lines, block, '<promise>BLOCKED</promise>', fence].join('\n'),
  );

const contained = fc
  .tuple(quoted, fc.constantFrom('> ', '>', '   ', '> > '))
  .map(([text, marker]) => marker + text.replaceAll('\n', `\n${marker}`));

const listed = quoted.map((text) => `1. As in\n\n   ${text.replaceAll('\n', '\n   ')}`);

const paragraph = fc.oneof(
  { weight: 4, arbitrary: fc.array(sentence, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')) },
  { weight: 1, arbitrary: sentence.map((line) => `## ${line}`) },
  { weight: 1, arbitrary: sentence.map((line) => `> ${line}`) },
  { weight: 1, arbitrary: sentence.map((line) => `- ${line}\n  - ${line}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('I end in `<loop-control>`.', 'Not `<question>x</question>`.', '---', '***'),
  },
  { weight: 3, arbitrary: fc.oneof(quoted, contained, listed) },
);

/** Paragraphs end any list or quote before them. */
const prose = fc.array(paragraph, { maxLength: 6 }).map((parts) => parts.map((part) => `${part}\n\n`).join(''));

describe('the control at the end of a text', () => {
  it('means the same whatever prose is before it', () => {
    fc.assert(
      fc.property(prose, said, fc.constantFrom('', '\n', ' \n\t\n'), (before, { control, block }, after) => {
        expect(parseControl(before + block + after)).toEqual({ kind: 'control', control });
      }),
      { numRuns: tries(400) },
    );
  });

  it('means the same behind a fence that is never closed', () => {
    fc.assert(
      fc.property(prose, sentence, said, (before, line, { control, block }) => {
        const text = `${before}~~~~~~~\n${line}\n${block}`;
        expect(parseControl(text)).toEqual({ kind: 'control', control });
      }),
    );
  });

  it('is none in prose that only quotes', () => {
    fc.assert(
      fc.property(prose, (text) => {
        expect(parseControl(text)).toEqual({ kind: 'control', control: { kind: 'none' } });
      }),
    );
  });

  it('is never read when anything but white space follows the block', () => {
    fc.assert(
      fc.property(prose, said, sentence, (before, { block }, line) => {
        fc.pre(line.trim() !== '');
        expect(parseControl(`${before}${block}\n${line}`).kind).toBe('unreadable');
      }),
    );
  });

  it('is never read from two blocks', () => {
    fc.assert(
      fc.property(prose, said, prose, said, (before, first, between, second) => {
        const parsed = parseControl(`${before}${first.block}\n\n${between}${second.block}`);
        expect(parsed).toMatchObject({ kind: 'unreadable' });
      }),
    );
  });

  const pieces = fc.array(
    fc.constantFrom(
      ...['<loop-control>', '</loop-control>', '<question>', '</question>', '<promise>', '</promise>', 'COMPLETE', '`'],
      ...[
        '```',
        '~~~',
        '\n',
        '\r\n',
        ' ',
        '\t',
        '> ',
        '- ',
        '1. ',
        '{',
        '}',
        '{"schema":"docloop.loop_control/v1"',
        'x',
      ],
    ),
    { maxLength: 40 },
  );

  it('has a reading in any text', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      pieces.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseControl(text);
        if (parsed.kind === 'unreadable') expect(parsed.error).toMatch(/^[^\n]+$/);
        else expect(['promise', 'question', 'none']).toContain(parsed.control.kind);
      }),
      { numRuns: tries(2000) },
    );
  });
});

describe('a long text', () => {
  it.each([
    ...[
      '<loop-control>',
      '</loop-control>',
      '<loop-control>{',
      '<loop-control>x</loop-control>',
      '<question>',
      '<',
      '<loop-control ',
    ],
    ...[
      '`',
      '~',
      '```\n',
      '> ',
      '> ```\n',
      '- ',
      '- ```\n',
      ' ',
      '\t',
      '\n',
      '```x\n~~~\n',
      'best ',
      '<promise>',
      '\n<promise>',
    ],
  ])('of %j is read in time linear in its length', (piece) => {
    expectLinear((size) => {
      const text = piece.repeat(size / piece.length);
      parseControl(text);
      parseControl(`${text}\n<loop-control>${text}</loop-control>`);
    });
  });
});

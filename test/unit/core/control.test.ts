import { describe, expect, it } from 'vitest';
import { parseControl, shownQuestion } from '../../../src/core/control.ts';

const SCHEMA = 'docloop.loop_control/v1';

function block(fields: unknown): string {
  return `<loop-control>\n${JSON.stringify(fields)}\n</loop-control>`;
}

const COMPLETE = block({ schema: SCHEMA, kind: 'promise', promise: 'COMPLETE' });
const COMPLETED = { kind: 'control', control: { kind: 'promise', promise: 'COMPLETE' } };
const NONE = { kind: 'control', control: { kind: 'none' } };

function errorOf(text: string): string {
  const parsed = parseControl(text);
  return parsed.kind === 'unreadable' ? parsed.error : `no error, but ${JSON.stringify(parsed.control)}`;
}

describe('the loop-control block', () => {
  it.each(['COMPLETE', 'INCOMPLETE', 'BLOCKED'])('reads the promise %s in any case', (promise) => {
    for (const written of [promise, promise.toLowerCase(), ` ${promise} `]) {
      const text = `Findings.\n\n${block({ schema: SCHEMA, kind: 'promise', promise: written })}\n \n`;
      expect(parseControl(text)).toEqual({ kind: 'control', control: { kind: 'promise', promise } });
    }
  });

  it('reads a question with and without a best supposition', () => {
    const question = { schema: SCHEMA, kind: 'question', question: 'Which\ndatabase?' };
    expect(parseControl(block(question))).toEqual({
      kind: 'control',
      control: { kind: 'question', question: 'Which\ndatabase?', bestSupposition: null },
    });
    expect(parseControl(block({ ...question, best_supposition: 'SQLite' }))).toMatchObject({
      control: { bestSupposition: 'SQLite' },
    });
    expect(parseControl(block({ ...question, best_supposition: null }))).toMatchObject({
      control: { bestSupposition: null },
    });
  });

  it('accepts tags in any case, on one line with prose, and Windows line ends', () => {
    expect(parseControl(COMPLETE.replaceAll('loop-control', 'Loop-CONTROL'))).toEqual(COMPLETED);
    expect(parseControl(`All done. ${COMPLETE.replaceAll('\n', '')}`)).toEqual(COMPLETED);
    expect(parseControl(`Done.\r\n${COMPLETE.replaceAll('\n', '\r\n')}\r\n`)).toEqual(COMPLETED);
  });

  it('tolerates keys that the schema does not name', () => {
    const fields = { schema: SCHEMA, kind: 'promise', promise: 'COMPLETE', note: 'x' };
    expect(parseControl(block(fields))).toEqual(COMPLETED);
  });

  it('may speak of its own tags within a question', () => {
    const question = 'Should <loop-control> end with </loop-control>, or `<question>` with </question>?';
    expect(parseControl(block({ schema: SCHEMA, kind: 'question', question }))).toMatchObject({
      control: { question },
    });
  });

  it.each([
    ['more than one block', `${COMPLETE}\n${COMPLETE}`, 'more than one <loop-control> block'],
    ['two blocks on one line', `${COMPLETE}${COMPLETE}`.replaceAll('\n', ''), 'more than one <loop-control> block'],
    ['text after the block', `${COMPLETE}\nThanks!`, 'text after the <loop-control> block'],
    ['a block without an end', COMPLETE.replace('</loop-control>', ''), 'no closing </loop-control> tag'],
    ['no JSON', '<loop-control>\n{bad\n</loop-control>', 'not valid JSON'],
    ['an empty block', '<loop-control></loop-control>', 'not valid JSON'],
    ['JSON in a fence', '<loop-control>\n```json\n{}\n```\n</loop-control>', 'not valid JSON'],
    ['a list', block([1]), 'not a JSON object'],
    ['null', block(null), 'not a JSON object'],
    ['a string', block('COMPLETE'), 'not a JSON object'],
    ['no schema', block({ kind: 'promise', promise: 'COMPLETE' }), `"schema" in the <loop-control> block must be`],
    ['another schema', block({ schema: 'v2', kind: 'promise', promise: 'COMPLETE' }), `must be "${SCHEMA}"`],
    ['no kind', block({ schema: SCHEMA, promise: 'COMPLETE' }), '"kind"'],
    ['another kind', block({ schema: SCHEMA, kind: 'status' }), '"kind"'],
    ['no promise', block({ schema: SCHEMA, kind: 'promise' }), 'COMPLETE, INCOMPLETE or BLOCKED'],
    ['another promise', block({ schema: SCHEMA, kind: 'promise', promise: 'DONE' }), 'COMPLETE, INCOMPLETE or BLOCKED'],
    ['an empty promise', block({ schema: SCHEMA, kind: 'promise', promise: '' }), 'COMPLETE, INCOMPLETE or BLOCKED'],
    [
      'a promise with a question',
      block({ schema: SCHEMA, kind: 'promise', promise: 'COMPLETE', question: 'Why?' }),
      'must not have "question"',
    ],
    [
      'a promise with a supposition',
      block({ schema: SCHEMA, kind: 'promise', promise: 'COMPLETE', best_supposition: 'That.' }),
      'must not have',
    ],
    [
      'a question with a promise',
      block({ schema: SCHEMA, kind: 'question', question: 'Why?', promise: 'BLOCKED' }),
      'must not have "promise"',
    ],
    ['no question', block({ schema: SCHEMA, kind: 'question' }), '"question"'],
    ['an empty question', block({ schema: SCHEMA, kind: 'question', question: ' ' }), '"question"'],
    [
      'an empty supposition',
      block({ schema: SCHEMA, kind: 'question', question: 'Why?', best_supposition: '' }),
      '"best_supposition"',
    ],
    ['a question tag before it', `<question>Why?</question>\n${COMPLETE}`, 'beside a <question> or <promise> tag'],
    ['a promise tag before it', `<promise>complete</promise>\n\n${COMPLETE}`, 'beside a <question> or <promise> tag'],
  ])('is unreadable with %s', (_name, text, error) => {
    expect(errorOf(text)).toContain(error);
    expect(errorOf(text)).not.toContain('\n');
  });

  it('stands beside a promise tag that is not on the last line before it', () => {
    expect(parseControl(`<promise>COMPLETE</promise>\nMore prose.\n${COMPLETE}`)).toEqual(COMPLETED);
  });
});

describe('quotations', () => {
  it.each([
    ['backticks', `\`\`\`\n${COMPLETE}\n\`\`\``],
    ['tildes', `~~~\n${COMPLETE}\n~~~`],
    ['an info string', `\`\`\`xml title="a"\n${COMPLETE}\n\`\`\``],
    ['a longer fence around a shorter one', `\`\`\`\`md\n\`\`\`\n${COMPLETE}\n\`\`\`\n\`\`\`\``],
    ['a longer closing fence', `\`\`\`\n${COMPLETE}\n\`\`\`\`\``],
    ['tildes around backticks', `~~~\n\`\`\`\n${COMPLETE}\n~~~`],
    ['three columns of indentation', `   \`\`\`\n${COMPLETE}\n  \`\`\` `],
    ['a bullet', `- like this:\n  \`\`\`\n  ${COMPLETE.replaceAll('\n', '\n  ')}\n  \`\`\``],
    ['the line of the bullet', `* \`\`\`\n  ${COMPLETE.replaceAll('\n', '\n  ')}\n  \`\`\``],
    ['a nested list', `1. a\n   - b\n\n     \`\`\`\n     ${COMPLETE.replaceAll('\n', '\n     ')}\n     \`\`\``],
    ['a wide ordered list', `10.  a\n\n     \`\`\`\n     ${COMPLETE.replaceAll('\n', '\n     ')}\n     \`\`\``],
    ['a block quote', `> \`\`\`\n> ${COMPLETE.replaceAll('\n', '\n> ')}\n> \`\`\``],
    ['a block quote that ends before its fence', `> \`\`\`\n> ${COMPLETE.replaceAll('\n', '\n> ')}\n\nMore.`],
    ['a fence whose content looks like an end', `\`\`\`\n> \`\`\`\n    \`\`\`\n\`\`\` js\n${COMPLETE}\n\`\`\``],
    ['Windows line ends', `\`\`\`\r\n${COMPLETE.replaceAll('\n', '\r\n')}\r\n\`\`\``],
  ])('in a closed fence count for nothing: %s', (_name, quotation) => {
    expect(parseControl(`${quotation}\n\nThat is all.`)).toEqual(NONE);
    expect(parseControl(`The agent wrote:\n\n${quotation}\n\nI did not.`)).toEqual(NONE);
    expect(parseControl(`${quotation}\n\nMy own verdict:\n${COMPLETE}`)).toEqual(COMPLETED);
  });

  it.each([
    ['an unclosed fence', '```\nsome code\n'],
    ['a fence that only a shorter one follows', '````\ncode\n```\n'],
    ['a fence of other characters', '```\ncode\n~~~\n'],
    ['inline code that begins like a fence', '```x``` is inline\n'],
    ['a fence indented by four', '    ```\n'],
    ['an unclosed fence in a quote that has ended', '> ```\n> code\n\n'],
    ['tags alone in inline code', 'I end with `<loop-control>`, closed by `</loop-control>`.\n'],
    ['a block in inline code', `Not \`${COMPLETE.replaceAll('\n', '')}\` but:\n`],
    ['a tag in prose', 'It begins with <loop-control> and is JSON.\n'],
    ['a question tag in inline code', 'The old `<question>…</question>` is still read.\n'],
    ['a fenced question', '```\n<question>Why?</question>\n```\n'],
    ['a fenced promise', '```\n<promise>BLOCKED</promise>\n```\n'],
    ['headings, rules and tables', '# H\n\n---\n| a | b |\n|---|---|\n\n***\n'],
  ])('leave the final block alone: %s', (_name, prose) => {
    expect(parseControl(`${prose}${COMPLETE}`)).toEqual(COMPLETED);
  });

  it('do not hide a block that is not fenced', () => {
    expect(errorOf(`${COMPLETE}\n${COMPLETE}`)).toContain('more than one');
    expect(errorOf(`> ${COMPLETE.replaceAll('\n', '')}\n${COMPLETE}`)).toContain('more than one');
  });
});

describe('text without a block', () => {
  it('has no control', () => {
    for (const text of ['', ' \n', 'Done.', 'See `<loop-control>` in the docs.', '</loop-control>']) {
      expect(parseControl(text)).toEqual(NONE);
    }
  });

  it('may ask with a question tag anywhere', () => {
    const asked = { kind: 'control', control: { kind: 'question', question: 'Which one?', bestSupposition: null } };
    expect(parseControl('Hm. <Question>\nWhich one?\n</QUESTION> I wait.')).toEqual(asked);
    expect(parseControl('<question>Which one?</question>\n<promise>COMPLETE</promise>')).toEqual(asked);
    expect(errorOf('<question> </question>')).toContain('empty');
  });

  it('may promise with a tag alone on its last line', () => {
    expect(parseControl('Fine.\n <promise> complete </promise> \n\n')).toEqual(COMPLETED);
    expect(parseControl('I say <promise>COMPLETE</promise>')).toEqual(NONE);
    expect(parseControl('<promise>COMPLETE</promise>\nBye.')).toEqual(NONE);
    expect(parseControl('<promise>COMPLETE</promise>\n```\ncode\n```')).toEqual(NONE);
    expect(errorOf('<promise>MAYBE</promise>')).toContain('COMPLETE, INCOMPLETE or BLOCKED');
  });
});

describe('a shown question', () => {
  it('ends in the best supposition unless it has one', () => {
    expect(shownQuestion('Which?', 'This.')).toBe('Which?\nBest supposition: This.');
    expect(shownQuestion('Which?\n  best supposition: that.', 'This.')).toBe('Which?\n  best supposition: that.');
    expect(shownQuestion('Which?', null)).toBe('Which?');
  });
});

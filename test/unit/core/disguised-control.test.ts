import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseControl } from '../../../src/core/control.ts';
import { disguisedControl } from '../../../src/core/disguised-control.ts';

const SCHEMA = 'docloop.loop_control/v1';
const body = JSON.stringify({ schema: SCHEMA, kind: 'question', question: 'May I drop the table?' });
const plain = `<loop-control>\n${body}\n</loop-control>`;
const errorOf = (text: string) => {
  const parsed = parseControl(text);
  return parsed.kind === 'unreadable' ? parsed.error : `read as ${JSON.stringify(parsed.control)}`;
};

describe('a control at the end that was meant', () => {
  it.each([
    ['a fence', `Done.\n\n\`\`\`json\n${plain}\n\`\`\`\n`, 'code fence'],
    ['a fence of tildes', `~~~\n${plain}\n~~~`, 'code fence'],
    ['a fence in a list', `- Done:\n  \`\`\`\n  ${plain.replaceAll('\n', '\n  ')}\n  \`\`\``, 'code fence'],
    ['a fence around escaped tags', `\`\`\`\n&lt;loop-control&gt;${body}&lt;/loop-control&gt;\n\`\`\``, 'code fence'],
    ['inline code', `Done. \`${plain.replaceAll('\n', '')}\``, 'inline code'],
    ['inline code over lines', `\`\`${plain}\`\`\n`, 'inline code'],
    ['inline code in a list', `* \`${plain}\``, 'inline code'],
    ['inline code in bold', `**\`${plain.replaceAll('\n', '')}\`**`, 'inline code'],
    ['a fence in a block quote', `> \`\`\`\n> ${plain.replaceAll('\n', '\n> ')}\n> \`\`\``, 'code fence'],
    ['a fence without its tags', `\`\`\`json\n${body}\n\`\`\``, 'code fence'],
  ])('is unreadable and named, not dropped: in %s', (_where, text, named) => {
    expect(errorOf(text)).toContain(named);
  });

  it.each([
    ['a fence', 'Done.\n\n```\n<promise>COMPLETE</promise>\n```\n', '<promise>', 'code fence'],
    ['a fence with a language', '~~~xml\n<Promise> complete </Promise>\n~~~', '<promise>', 'code fence'],
    ['a fence in a quote', '> ```\n> <promise>BLOCKED</promise>\n> ```', '<promise>', 'code fence'],
    ['a fence around escaped tags', '```\n&lt;promise&gt;COMPLETE&lt;/promise&gt;\n```', '<promise>', 'code fence'],
    ['a fence around a question', '```\n<question>May I?\nOr not?</question>\n```', '<question>', 'code fence'],
    ['inline code', 'Done.\n`<promise>COMPLETE</promise>`', '<promise>', 'line'],
    ['bold', 'Done.\n\n**<promise>COMPLETE</promise>**\n', '<promise>', 'line'],
    ['a list', 'Done:\n- <promise>COMPLETE</promise>', '<promise>', 'line'],
    ['a numbered list', 'Done:\n1. `<promise>COMPLETE</promise>`', '<promise>', 'line'],
    ['a quotation', 'Done:\n> <promise>COMPLETE</promise>', '<promise>', 'line'],
    ['escaped tags', 'Done.\n\\<promise\\>COMPLETE\\</promise\\>', '<promise>', 'line'],
  ])('of older releases is unreadable and named, not dropped: in %s', (_where, text, tag, named) => {
    expect(errorOf(text)).toContain(`the ${tag} tag at the end`);
    expect(errorOf(text)).toContain(named);
  });

  it.each([
    'It would end in\n```\n<promise>COMPLETE</promise>\n```\nbut does not.',
    'The file ends in `<promise>COMPLETE</promise>`',
    '```\nA file:\n<promise>COMPLETE</promise>\n```',
    '```\n<promise>COMPLETE</question>\n```',
    'See `<promise>`',
  ])('of older releases is a quotation: %j', (text) => {
    expect(parseControl(text)).toEqual({ kind: 'control', control: { kind: 'none' } });
  });

  it.each([
    ['&lt;loop-control&gt;', '&lt;/loop-control&gt;'],
    ['\\<loop-control\\>', '\\</loop-control\\>'],
    ['<loop\\-control>', '<\\/loop\\-control>'],
    ['\\u003cloop-control\\u003e', '\\u003c/loop-control\\u003e'],
    ['&amp;lt;loop-control&amp;gt;', '&amp;lt;/loop-control&amp;gt;'],
    ['&#060;loop-control&#062;', '&#060;/loop-control&#062;'],
    ['＜loop-control＞', '＜/loop-control＞'],
    ['**&lt;loop-control&gt;', '&lt;/loop-control&gt;**'],
  ])('is unreadable with escaped tags: %s', (opening, closing) => {
    expect(errorOf(`Done.\n${opening}\n${body}\n${closing}`)).toContain('escaped tags');
  });

  it.each([
    ['<loop_control>', '</loop_control>'],
    ['<loopcontrol>', '</loopcontrol>'],
    ['<loop-controls>', '</loop-controls>'],
    ['<loop-contrl>', '</loop-control>'],
    ['<Loop control>', '</Loop control>'],
    ['<loop-control>', '<loop-control>'],
    ['<loop-contorl>', '</loop-contorl>'],
    ['<loop:control>', '</loop:control>'],
    ['<loop–control>', '</loop–control>'],
    ['<loop\u2011control>', '</loop\u2011control>'],
    ['<loop\u200B-control>', '</loop\u200B-control>'],
  ])('is unreadable with a misspelt tag: %s … %s', (opening, closing) => {
    expect(errorOf(`Done.\n${opening}\n${body}\n${closing}\n`)).toMatch(/misspelt|escaped/);
  });

  it.each([
    ['<loop-control', '</loop-control>'],
    ['loop-control>', '</loop-control>'],
    ['', '</loop-control>'],
    ['[loop-control]', '[/loop-control]'],
    ['<loop-control kind="question">', '</loop-control>'],
    ['', ''],
  ])('is unreadable where a tag lacks a character, or is not there: "%s" … "%s"', (opening, closing) => {
    expect(errorOf(`Done.\n${opening}\n${body}\n${closing}`)).toContain('lacks a tag');
  });

  it('is read as ever when what no reader can see follows it', () => {
    expect(parseControl(`${plain}\u200B\n\uFEFF`)).toMatchObject({ control: { kind: 'question' } });
  });

  it('is read as ever when it is a list item', () => {
    expect(parseControl(`- ${plain.replaceAll('\n', '\n  ')}`)).toMatchObject({ control: { kind: 'question' } });
  });

  it('is unreadable whichever character of a tag is wrong', () => {
    const wrong = fc.tuple(fc.nat(11), fc.constantFrom('x', '')).filter(([at, by]) => 'loop-control'[at] !== by);
    fc.assert(
      fc.property(wrong, fc.boolean(), ([at, by], both) => {
        const name = `loop-control`.slice(0, at) + by + `loop-control`.slice(at + 1);
        const text = `<${name}>\n${body}\n</${both ? name : 'loop-control'}>`;
        expect(errorOf(text), text).toContain('the <loop-control> block');
      }),
    );
  });
});

describe('a quotation of a control', () => {
  const none = { kind: 'control', control: { kind: 'none' } };

  it.each([
    ['text follows the fence', `\`\`\`\n${plain}\n\`\`\`\nThat is how it would look.`],
    ['the fence holds more than the block', `\`\`\`md\nAn example:\n${plain}\n\`\`\``],
    ['text follows inline code', `Write \`${plain}\` at the end.`],
    ['only a tag is named', 'It ends with `</loop-control>`'],
    ['another element is meant', `<root-control>${body}</root-control>`],
    ['text follows the object of one without tags', `${body}\nThat is how it would look.`],
    ['another object follows it', `\`\`\`\n${plain}\n\`\`\`\n{"kind":"promise"}`],
    ['there is no object in it', '&lt;loop-control&gt; … &lt;/loop-control&gt;'],
  ])('stays one when %s', (_why, text) => {
    expect(parseControl(text)).toEqual(none);
  });

  it('stays one when a control follows', () => {
    const promise = `<loop-control>${JSON.stringify({ schema: SCHEMA, kind: 'promise', promise: 'COMPLETE' })}</loop-control>`;
    const text = `\`\`\`\n${plain}\n\`\`\`\n${promise}`;
    expect(parseControl(text)).toEqual({ kind: 'control', control: { kind: 'promise', promise: 'COMPLETE' } });
  });

  it('has a reading whatever the text', () => {
    const parts = fc.constantFrom('`', '```', '\n', '<', '&lt;', 'loop-control', '>', '/', '{', '}', '\\', ' ', 'x');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), (pieces) => {
        expect(() => disguisedControl(pieces.join(''))).not.toThrow();
      }),
    );
  });
});

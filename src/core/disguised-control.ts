import { lastFence } from './fences.ts';

/**
 * Whether a text that holds no control ends in one that was meant: wrapped in a code fence or in inline code, between tags that are
 * escaped, misspelt by one character, or not there. One sentence for the agent; null: it does not. Takes time linear in the text's length.
 */
export function disguisedControl(text: string): string | null {
  const trimmed = text.trimEnd();
  const fence = lastFence(trimmed);
  if (fence !== null && fence.end === trimmed.length) {
    const inside = insideOf(trimmed.slice(fence.start));
    const older = olderForm(inside);
    if (older !== null) return olderSentence(older, 'stands in a code fence');
    return blockAtEnd(inside)?.start === 0 ? sentence('stands in a code fence') : null;
  }
  const older = olderForm(withoutMarkers(trimmed.slice(trimmed.lastIndexOf('\n') + 1)));
  if (older !== null) return olderSentence(older, 'is not alone on its line as plain text');
  const bare = withoutMarks(trimmed).trimEnd();
  const found = blockAtEnd(bare);
  if (found === null) return null;
  return sentence(trimmed.slice(bare.length).includes('`') ? 'stands in inline code' : found.fault);
}

/** What a fence holds, without the marks of a block quote that it stands in. */
function insideOf(fence: string): string {
  const lines = fence.split('\n').slice(1, -1);
  return lines
    .map((line) => line.replace(/^(?:[ \t]{0,3}>)+/, ''))
    .join('\n')
    .trim();
}

/** Without the backticks and marks of emphasis at its end. A pattern for them would look at every run of them in the text. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && '`*_'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function sentence(fault: string): string {
  return `the <loop-control> block at the end ${fault}: write <loop-control> and </loop-control> as plain text, with nothing around them`;
}

/** The name of the tag of older releases that a text is, and nothing else; null: it is none. A tag may be escaped. */
function olderForm(text: string): string | null {
  if (text.length > MOST_OLDER) return null;
  const found = OLDER.exec(text);
  return found?.[1] !== undefined && found[1].toLowerCase() === found[2]?.toLowerCase() ? found[1] : null;
}

function olderSentence(name: string, fault: string): string {
  return `the <${name.toLowerCase()}> tag at the end ${fault}: write it on a line of its own, with nothing around it`;
}

/** Without what makes a line of Markdown an item, a quotation, bold or code. */
function withoutMarkers(line: string): string {
  const text = line.trim().replace(/^(?:[-+>]|\*(?!\*)|\d{1,9}[.)])\s+/, '');
  const end = withoutMarks(text).length;
  let start = 0;
  while (start < end && '`*_'.includes(text.charAt(start))) start += 1;
  return text.slice(start, end).trim();
}

const LESS = String.raw`(?:[<＜‹]|&(?:amp;){0,3}(?:lt|#0{0,4}60|#x0{0,4}3c);|\\<|\\u003c)`;
const MORE = String.raw`(?:[>＞›]|&(?:amp;){0,3}(?:gt|#0{0,4}62|#x0{0,4}3e);|\\>|\\u003e)`;
/** Longer than any question that somebody put into the tag. */
const MOST_OLDER = 20_000;
const OLDER = new RegExp(
  String.raw`^${LESS}(promise|question)${MORE}[^]{1,${MOST_OLDER}}${LESS}\s?[/\\]{1,2}(promise|question)${MORE}$`,
  'i',
);

/** Something like a tag of the block, written in some way. A name of one more or one less character is one that long. */
const TAG = new RegExp(String.raw`${LESS}\s{0,2}[/\\]{0,2}\s{0,2}([^\s<>&/][^<>&\n]{9,13}?)\s{0,2}${MORE}`, 'gi');

interface Block {
  readonly start: number;
  /** What is wrong with it, as the end of a sentence. */
  readonly fault: string;
}

/** The block that the text ends in, going by tags that are nearly right and a JSON object between them, or by what such an object holds. */
function blockAtEnd(text: string): Block | null {
  const tags = [...text.matchAll(TAG)].filter(([, name = '']) => isNearlyName(name.replaceAll('\\', '').toLowerCase()));
  const closing = tags.at(-1);
  if (closing === undefined || closing.index + closing[0].length !== text.length) return bodyAtEnd(text);
  const opening = tags.findLast((tag) => tag !== closing && /^\s*\{/.test(text.slice(tag.index + tag[0].length)));
  if (opening === undefined) return bodyAtEnd(text);
  const body = text.slice(opening.index + opening[0].length, closing.index).trimEnd();
  if (!body.endsWith('}')) return null;
  const isEscaped = [opening, closing].some(([tag]) => !/^<[^\\]*>$/.test(tag));
  return { start: opening.index, fault: isEscaped ? 'has escaped tags' : 'has a misspelt tag' };
}

const SCHEMA = 'docloop.loop_control/';
const TAGS_LACK = 'lacks a tag, or a character of one';

/** An object that says of itself that it is a control, with nothing behind it but what may be left of a tag. */
function bodyAtEnd(text: string): Block | null {
  const schema = text.lastIndexOf(SCHEMA);
  const opens = text.lastIndexOf('{', schema);
  const closes = schema < 0 || opens < 0 ? -1 : endOfObject(text, opens);
  if (closes <= schema || !isTagLike(text.slice(closes))) return null;
  const lineStart = text.lastIndexOf('\n', text.slice(0, opens).trimEnd().length - 1) + 1;
  return { start: isTagLike(text.slice(lineStart, opens)) ? lineStart : opens, fault: TAGS_LACK };
}

/** Behind the brace that answers the one at `opens`; -1: none does. */
function endOfObject(text: string, opens: number): number {
  let depth = 0;
  for (let at = opens; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}

/** Nothing, or a tag of the block in other brackets or without one of them. */
function isTagLike(text: string): boolean {
  if (text.length > 60) return false;
  const [name = '', ...more] = text.toLowerCase().match(/[a-z][a-z_ :.-]*[a-z]/g) ?? [];
  return more.length === 0 && (name === '' ? text.trim() === '' : isNearlyName(name));
}

const NAME = 'loop-control';

/** At most one character is wrong, missing or too much, or two stand in the wrong order. */
function isNearlyName(name: string): boolean {
  if (Math.abs(name.length - NAME.length) > 1) return false;
  let same = 0;
  while (same < name.length && name[same] === NAME[same]) same += 1;
  if (same === NAME.length && same === name.length) return true;
  const restEqual = (ours: number, theirs: number) => NAME.slice(same + ours) === name.slice(same + theirs);
  const isSwapped = name[same] === NAME[same + 1] && name[same + 1] === NAME[same];
  return restEqual(1, 1) || restEqual(1, 0) || restEqual(0, 1) || (isSwapped && restEqual(2, 2));
}

import { lastFence } from './fences.ts';

/**
 * Whether a text that holds no control ends in one that was meant: wrapped in a code fence or in inline code, or between tags that are
 * escaped or misspelt by one character. One sentence for the agent; null: it does not. Takes time linear in the text's length.
 */
export function disguisedControl(text: string): string | null {
  const trimmed = text.trimEnd();
  const fence = lastFence(trimmed);
  const isFenced = fence !== null && fence.end === trimmed.length;
  if (isFenced) {
    const inside = trimmed.slice(fence.start).split('\n').slice(1, -1).join('\n').trim();
    const found = blockAtEnd(inside);
    return found?.start === 0 ? sentence('stands in a code fence') : null;
  }
  const bare = withoutTicks(trimmed).trimEnd();
  const found = blockAtEnd(bare);
  if (found === null) return null;
  if (bare !== trimmed) return sentence('stands in inline code');
  return sentence(found.isEscaped ? 'has escaped tags' : 'has a misspelt tag');
}

/** Without the backticks at its end. A pattern for them would look at every run of them in the text. */
function withoutTicks(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '`') end -= 1;
  return text.slice(0, end);
}

function sentence(fault: string): string {
  return `the <loop-control> block at the end ${fault}: write <loop-control> and </loop-control> as plain text, with nothing around them`;
}

const LESS = String.raw`(?:<|&lt;|&#60;|&#x3c;|\\<|\\u003c)`;
const MORE = String.raw`(?:>|&gt;|&#62;|&#x3e;|\\>|\\u003e)`;
/** Something like a tag of the block, written in some way. A name of one more or one less character is one that long. */
const TAG = new RegExp(String.raw`${LESS}\s{0,2}[/\\]{0,2}\s{0,2}([a-z][a-z0-9_ .\\-]{9,13}?)\s{0,2}${MORE}`, 'gi');

/** The block that the text ends in, going by tags that are nearly right and a JSON object between them. */
function blockAtEnd(text: string): { readonly start: number; readonly isEscaped: boolean } | null {
  const tags = [...text.matchAll(TAG)].filter(([, name = '']) => isNearlyName(name.replaceAll('\\', '').toLowerCase()));
  const closing = tags.at(-1);
  if (closing === undefined || closing.index + closing[0].length !== text.length) return null;
  const opening = tags.findLast((tag) => tag !== closing && /^\s*\{/.test(text.slice(tag.index + tag[0].length)));
  if (opening === undefined) return null;
  const body = text.slice(opening.index + opening[0].length, closing.index).trimEnd();
  if (!body.endsWith('}')) return null;
  const isEscaped = [opening, closing].some(([tag]) => !/^<[^\\]*>$/.test(tag));
  return { start: opening.index, isEscaped };
}

const NAME = 'loop-control';

/** At most one character is wrong, missing or too much. */
function isNearlyName(name: string): boolean {
  if (Math.abs(name.length - NAME.length) > 1) return false;
  let same = 0;
  while (same < name.length && name[same] === NAME[same]) same += 1;
  if (same === NAME.length && same === name.length) return true;
  const restEqual = (ours: number, theirs: number) => NAME.slice(same + ours) === name.slice(same + theirs);
  return restEqual(1, 1) || restEqual(1, 0) || restEqual(0, 1);
}

import { disguisedControl } from './disguised-control.ts';
import { withoutQuotations } from './fences.ts';
import type { Control, PromiseWord } from './vocabulary.ts';

export type ParsedControl =
  { readonly kind: 'control'; readonly control: Control } | { readonly kind: 'unreadable'; readonly error: string };

/**
 * Reads what an agent said at the end of its final text (docs/protocol.md). `error` is one sentence for the agent.
 * Any text has a reading, in time linear in its length. What stands in a closed Markdown code fence is a quotation and is skipped.
 */
export function parseControl(finalText: string): ParsedControl {
  const unquoted = withoutQuotations(finalText);
  const block = lastElement(unquoted, tagsOf(unquoted, 'loop-control'));
  if (block === null) {
    return isTorn(unquoted)
      ? unreadable('the <loop-control> block at the end has no closing </loop-control> tag')
      : parseLegacy(finalText, unquoted);
  }
  const before = unquoted.slice(0, block.start);
  if (lastElement(before, tagsOf(before, 'loop-control')) !== null) return unreadable(MORE_THAN_ONE);
  if (shown(finalText.slice(block.end)) !== '') {
    return unreadable('there is text after the <loop-control> block, which must be the very last thing');
  }
  if (legacyQuestion(before) !== null || legacyPromise(finalText.slice(0, block.start)) !== null) {
    return unreadable('the <loop-control> block stands beside a <question> or <promise> tag; use the block alone');
  }
  return parseBlock(finalText.slice(block.bodyStart, block.bodyEnd));
}

/** Without blanks at its ends and what no reader can see. */
function shown(text: string): string {
  return text.replace(/[\u200B-\u200D\u2060\uFEFF]/g, '').trim();
}

/** What an agent said, without the loop-control block (or the promise of older releases) that ends it: for people. */
export function withoutControl(finalText: string): string {
  const unquoted = withoutQuotations(finalText);
  const block = lastElement(unquoted, tagsOf(unquoted, 'loop-control'));
  if (block !== null) return `${finalText.slice(0, block.start)}${finalText.slice(block.end)}`.trimEnd();
  const trimmed = finalText.trimEnd();
  return legacyPromise(trimmed) === null ? trimmed : trimmed.slice(0, trimmed.lastIndexOf('\n') + 1).trimEnd();
}

/** The question as a person sees it: with a line `Best supposition: …` unless it already has one. */
export function shownQuestion(question: string, bestSupposition: string | null): string {
  if (bestSupposition === null || /^[ \t]*best supposition:/im.test(question)) return question;
  return `${question}\nBest supposition: ${bestSupposition}`;
}

/** What the agent would do, as its shown question says it; null: it does not. */
export function suppositionIn(question: string): string | null {
  const found = /^[ \t]*best supposition:([\s\S]*)$/im.exec(question)?.[1]?.trim() ?? '';
  return found === '' ? null : found;
}

const SCHEMA = 'docloop.loop_control/v1';
const MORE_THAN_ONE =
  'the text has more than one <loop-control> block; exactly one is accepted, and a quoted one belongs in a closed code fence';
const ONE_OF = 'COMPLETE, INCOMPLETE or BLOCKED';
const PROMISES: readonly PromiseWord[] = ['COMPLETE', 'INCOMPLETE', 'BLOCKED'];

function parseBlock(body: string): ParsedControl {
  let payload: unknown;
  try {
    payload = JSON.parse(body);
  } catch {
    // What JSON.parse says differs between engines, and the agent has its own text at hand.
    if (tagsOf(body, 'loop-control').closings.length > 0) return unreadable(MORE_THAN_ONE);
    return unreadable('the content of the <loop-control> block is not valid JSON');
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return unreadable('the content of the <loop-control> block is not a JSON object');
  }
  const fields = new Map(Object.entries(payload));
  if (fields.get('schema') !== SCHEMA) return unreadable(`"schema" in the <loop-control> block must be "${SCHEMA}"`);
  switch (fields.get('kind')) {
    case 'promise':
      return promiseOf(fields);
    case 'question':
      return questionOf(fields);
    default:
      return unreadable('"kind" in the <loop-control> block must be "promise" or "question"');
  }
}

function promiseOf(fields: ReadonlyMap<string, unknown>): ParsedControl {
  if (fields.has('question') || fields.has('best_supposition')) {
    return unreadable('a <loop-control> block of kind "promise" must not have "question" or "best_supposition"');
  }
  const promise = promiseWord(fields.get('promise'));
  return promise === null ? unreadable(`"promise" in the <loop-control> block must be ${ONE_OF}`) : promised(promise);
}

function questionOf(fields: ReadonlyMap<string, unknown>): ParsedControl {
  if (fields.has('promise')) {
    return unreadable('a <loop-control> block of kind "question" must not have "promise"');
  }
  const question = nonEmpty(fields.get('question'));
  if (question === null) return unreadable('"question" in the <loop-control> block must be a non-empty string');
  const supposition = fields.get('best_supposition') ?? null;
  const bestSupposition = nonEmpty(supposition);
  if (supposition !== null && bestSupposition === null) {
    return unreadable('"best_supposition" in the <loop-control> block must be a non-empty string, or be left out');
  }
  return { kind: 'control', control: { kind: 'question', question, bestSupposition } };
}

/** `<question>` anywhere, else `<promise>` alone on the last line that is not blank: the forms of older releases. */
function parseLegacy(text: string, unquoted: string): ParsedControl {
  const question = legacyQuestion(unquoted);
  if (question !== null) {
    if (question === '') return unreadable('the <question> tag is empty');
    return { kind: 'control', control: { kind: 'question', question, bestSupposition: null } };
  }
  const word = legacyPromise(text);
  if (word === null) {
    const disguised = disguisedControl(text);
    return disguised === null ? { kind: 'control', control: { kind: 'none' } } : unreadable(disguised);
  }
  const promise = promiseWord(word);
  return promise === null ? unreadable(`the <promise> tag must hold ${ONE_OF}`) : promised(promise);
}

/** The first one, trimmed; null without any. */
function legacyQuestion(text: string): string | null {
  const { openings, closings } = tagsOf(text, 'question');
  const opening = openings[0];
  const closing = closings.find((tag) => opening !== undefined && tag.start >= opening.end);
  return opening === undefined || closing === undefined ? null : text.slice(opening.end, closing.start).trim();
}

function legacyPromise(text: string): string | null {
  const trimmed = text.trimEnd();
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1).trim();
  return /^<promise>([^<>]*)<\/promise>$/i.exec(lastLine)?.[1] ?? null;
}

function promiseWord(value: unknown): PromiseWord | null {
  if (typeof value !== 'string') return null;
  const word = value.trim().toUpperCase();
  return PROMISES.find((known) => known === word) ?? null;
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function promised(promise: PromiseWord): ParsedControl {
  return { kind: 'control', control: { kind: 'promise', promise } };
}

function unreadable(error: string): ParsedControl {
  return { kind: 'unreadable', error };
}

/** Offsets in a text, half-open. */
interface Tag {
  readonly start: number;
  readonly end: number;
}

interface Tags {
  readonly openings: readonly Tag[];
  readonly closings: readonly Tag[];
}

/** An opening tag right behind a backtick is one that prose talks about. */
function tagsOf(text: string, name: string): Tags {
  const found = Array.from(text.matchAll(new RegExp(`(?<!\`)<${name}\\s*>|</${name}\\s*>`, 'gi')), (match) => ({
    closing: match[0].startsWith('</'),
    start: match.index,
    end: match.index + match[0].length,
  }));
  return { openings: found.filter((tag) => !tag.closing), closings: found.filter((tag) => tag.closing) };
}

/**
 * The element that the last closing tag ends. It begins at the last opening tag that begins a line, if there is one: a tag within
 * a line may be part of what the agent says, before the block or in its question.
 */
function lastElement(text: string, tags: Tags): (Tag & { bodyStart: number; bodyEnd: number }) | null {
  const closing = tags.closings.at(-1);
  if (closing === undefined) return null;
  const openings = tags.openings.filter((tag) => tag.start < closing.start);
  const opening = openings.findLast((tag) => beginsLine(text, tag.start)) ?? openings.at(-1);
  if (opening === undefined) return null;
  return { start: opening.start, bodyStart: opening.end, bodyEnd: closing.start, end: closing.end };
}

/** An output that was cut off within its block. */
function isTorn(text: string): boolean {
  const opening = tagsOf(text, 'loop-control').openings.at(-1);
  return opening !== undefined && /^\s*\{/.test(text.slice(opening.end));
}

function beginsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charAt(before) === ' ' || text.charAt(before) === '\t') before -= 1;
  return before < 0 || text.charAt(before) === '\n';
}

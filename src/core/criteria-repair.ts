import { findPlaces, plainWords, type Sought } from './box-places.ts';
import { type BoxLine, boxLines, keyOf } from './criteria.ts';

/** What an agent did to the boxes of criteria.md, and the text in which that is put right. */
export interface Repair {
  readonly text: string;
  /** Boxes with other words, or with other marks around them, whose line is the original one again. */
  readonly reworded: readonly string[];
  /** Boxes that were gone and stand there again; open, where the agent could have ticked them. */
  readonly lost: readonly string[];
  /** Boxes that somebody ticked, or opened, who may not. */
  readonly unticked: readonly string[];
}

export interface Original {
  /** Names of the boxes that must be there, in order. */
  readonly boxes: readonly string[];
  /** The file before the turn; null: it could not be read. */
  readonly before: string | null;
  /** The file as it was seeded. */
  readonly seeded: string;
  /** Whether the turn's agent decides what is ticked. */
  readonly mayTick: boolean;
}

/**
 * Puts the boxes of criteria.md back as they were before a turn. A line that still has its box's words keeps what was added to them.
 * A tick holds only in a box that kept its name, and only from whom it is for to tick. `found` null: the file is gone.
 */
export function repairCriteria(found: string | null, original: Original): Repair {
  if (found === null || found.trim() === '') return whole(original);
  const { before, seeded, mayTick } = original;
  const lines = found.split('\n');
  const boxes = boxLines(found);
  const wanted = original.boxes.map((name) => wantedBox(name, original));
  const places = findPlaces(wanted, { lines, boxes, before: before ?? seeded });
  const put = new Map<number, string>();
  const judged = wanted.map((box, index) => {
    const at = places[index];
    if (at === undefined) return { name: box.name, fate: 'lost' as const };
    const there = boxes.find((one) => one.at === at) ?? null;
    const judgement = judgeBox(box, there, mayTick);
    if (!judgement.hasWords) put.set(at, lineOf(box.rest, judgement.ticked));
    else if (there?.ticked !== judgement.ticked) put.set(at, withTick(lines[at] ?? '', judgement.ticked));
    return { name: box.name, fate: judgement.hasWords ? ('kept' as const) : ('reworded' as const), ...judgement };
  });
  const others = mayTick ? [] : tickedOthers(boxes, places, before);
  for (const { at } of others) put.set(at, withTick(lines[at] ?? '', false));
  const named = (is: (one: (typeof judged)[number]) => boolean) => judged.filter(is).map(({ name }) => name);
  return {
    text: withLost(
      lines.map((line, at) => put.get(at) ?? line),
      wanted.map(({ rest, ticked }) => lineOf(rest, !mayTick && ticked)),
      places,
    ).join('\n'),
    reworded: named(({ fate }) => fate === 'reworded'),
    lost: named(({ fate }) => fate === 'lost'),
    unticked: [...named((one) => 'isTurned' in one && one.isTurned), ...others.map(({ name }) => name)],
  };
}

/** What criteria.md was before a turn of which only the ticked boxes are known. */
export function withTicks(seeded: string, ticked: readonly string[]): string {
  const keys = new Set(ticked.map(keyOf));
  const boxes = boxLines(seeded);
  const lines = seeded.split('\n');
  for (const { at, name } of boxes) lines[at] = withTick(lines[at] ?? '', keys.has(keyOf(name)));
  const known = new Set(boxes.map(({ name }) => keyOf(name)));
  const added = ticked.filter((name) => !known.has(keyOf(name)));
  return [...lines, ...added.map((name) => lineOf(` **${name}**`, true))].join('\n');
}

interface Wanted extends Sought {
  /** What a line of it says at least, in one of these forms. */
  readonly texts: readonly string[];
  readonly ticked: boolean;
}

function wantedBox(name: string, { before, seeded }: Original): Wanted {
  const isIt = (box: BoxLine) => keyOf(box.name) === keyOf(name);
  const last = boxLines(before ?? '').find(isIt);
  const first = boxLines(seeded).find(isIt);
  const texts = [last?.rest, first?.rest].filter((text) => text !== undefined);
  const rest = last?.rest ?? first?.rest ?? ` **${name}**`;
  return { name, rest, texts: texts.length > 0 ? texts : [name], ticked: last?.ticked ?? false };
}

/** `isTurned`: somebody ticked or opened it who may not. */
function judgeBox(box: Wanted, there: BoxLine | null, mayTick: boolean) {
  const isNamed = there !== null && keyOf(there.name) === keyOf(box.name);
  const hasWords = isNamed && box.texts.some((text) => plainWords(there.rest).includes(plainWords(text)));
  const ticked = mayTick ? isNamed && there.ticked : box.ticked;
  return { hasWords, ticked, isTurned: !mayTick && isNamed && there.ticked !== ticked };
}

/** Nothing is left: all of it is put back. */
function whole({ boxes, before, seeded, mayTick }: Original): Repair {
  const text = before === null || before.trim() === '' ? seeded : before;
  const lines = text.split('\n');
  if (mayTick) for (const { at } of boxLines(text)) lines[at] = withTick(lines[at] ?? '', false);
  return { text: lines.join('\n'), reworded: [], lost: boxes, unticked: [] };
}

function lineOf(rest: string, ticked: boolean): string {
  return `- [${ticked ? 'x' : ' '}]${rest}`;
}

function withTick(line: string, ticked: boolean): string {
  return line.replace(/\[[^\]]?\]/u, ticked ? '[x]' : '[ ]');
}

/** Boxes that agents added and that were not ticked before. */
function tickedOthers(
  boxes: readonly BoxLine[],
  places: readonly (number | undefined)[],
  before: string | null,
): readonly BoxLine[] {
  const tickedBefore = new Set(boxLines(before ?? '').flatMap((box) => (box.ticked ? [keyOf(box.name)] : [])));
  return boxes.filter(({ at, ticked, name }) => ticked && !places.includes(at) && !tickedBefore.has(keyOf(name)));
}

/** Each lost box behind the one that goes before it; the first ones before all others. */
function withLost(
  lines: readonly string[],
  wanted: readonly string[],
  places: readonly (number | undefined)[],
): readonly string[] {
  const behind = new Map<number, string[]>();
  const first = places.find((place) => place !== undefined);
  let at = first === undefined ? lines.length - (lines.at(-1) === '' ? 2 : 1) : first - 1;
  wanted.forEach((line, index) => {
    const place = places[index];
    if (place === undefined) behind.set(at, [...(behind.get(at) ?? []), line]);
    else at = place;
  });
  return [...(behind.get(-1) ?? []), ...lines.flatMap((line, index) => [line, ...(behind.get(index) ?? [])])];
}

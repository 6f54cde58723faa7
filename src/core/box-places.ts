import { type BoxLine, keyOf } from './criteria.ts';
import { likeness } from './likeness.ts';

/** A box that is looked for. */
export interface Sought {
  readonly name: string;
  /** What its line has behind the brackets. */
  readonly rest: string;
}

export interface BoxFile {
  readonly lines: readonly string[];
  readonly boxes: readonly BoxLine[];
  /** The file as it was: any other line of it that is still there has not become a box. */
  readonly before: string;
}

/**
 * The line that each box stands in now; undefined: none. Told by the name, else by the place between neighbours, else by the likeness
 * of the words.
 */
export function findPlaces(sought: readonly Sought[], file: BoxFile): readonly (number | undefined)[] {
  const places = byName(sought, file);
  const known = new Set(file.before.split('\n').map(plainWords));
  for (const { rest } of sought) known.delete(plainWords(rest));
  const isFree = (at: number) => !places.includes(at) && !known.has(plainWords(file.lines[at] ?? ''));
  for (const [from, to] of gapsIn(places)) {
    const [low, high] = [places[from - 1] ?? -1, places[to] ?? file.lines.length];
    const within = file.lines.flatMap((line, at) =>
      at > low && at < high && isBoxLike(line) && isFree(at) ? [at] : [],
    );
    if (within.length === to - from) within.forEach((at, index) => (places[from + index] = at));
  }
  sought.forEach(({ rest }, index) => {
    places[index] ??= mostAlike(plainWords(rest), file.lines, isFree);
  });
  return places;
}

function byName(sought: readonly Sought[], { boxes }: BoxFile): (number | undefined)[] {
  const taken = new Set<number>();
  return sought.map(({ name }) => {
    const at = boxes.find((box) => !taken.has(box.at) && keyOf(box.name) === keyOf(name))?.at;
    if (at !== undefined) taken.add(at);
    return at;
  });
}

/** From this share of common letter pairs on two lines are the same one in other words. */
const ALIKE = 0.5;
/** What a file of criteria never has more of, and a longer one is not looked through for. */
const MOST_LINES = 2000;

function mostAlike(words: string, lines: readonly string[], isFree: (at: number) => boolean): number | undefined {
  const alike = lines
    .slice(0, MOST_LINES)
    .flatMap((line, at) => (isFree(at) ? [{ at, like: likeness(plainWords(line), words) }] : []))
    .filter(({ like }) => like >= ALIKE)
    .sort((a, b) => b.like - a.like);
  return alike[0]?.at;
}

/** The stretches of boxes without a line: from the first to behind the last of each. */
function gapsIn(places: readonly (number | undefined)[]): [number, number][] {
  const gaps: [number, number][] = [];
  for (let from = 0; from < places.length; from += 1) {
    if (places[from] !== undefined) continue;
    let to = from;
    while (to < places.length && places[to] === undefined) to += 1;
    gaps.push([from, to]);
    from = to;
  }
  return gaps;
}

/** A box, or what agents make of one: struck, numbered, ticked with a sign of their own. */
function isBoxLike(line: string): boolean {
  return /^[ \t>]*(?:~~)?[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:~~|\*\*)?[ \t]*(?:\[[^\]]{0,3}\]|[☐☑☒✅❌✓✔])/u.test(line);
}

/** The words of a line without bullet, brackets and marks, to be compared. */
export function plainWords(text: string): string {
  return text
    .replaceAll(/[*_~`]/g, '')
    .replace(/^[ \t>]*(?:[-+]|\d+[.)])?[ \t]*(?:\[[^\]]{0,3}\])?/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

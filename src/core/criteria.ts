export interface CriteriaCheck {
  /** No open box, and every seeded box still there; without seeded boxes (older releases) there must be at least one. */
  readonly complete: boolean;
  /** Names of seeded boxes that are gone. */
  readonly missing: readonly string[];
  /** Names of boxes that are not ticked. */
  readonly open: readonly string[];
}

/** The names of a criteria file's boxes, in order: what `openCriteria` takes as the seeded boxes. */
export function boxesOf(text: string): readonly string[] {
  return boxLines(text).map((box) => box.name);
}

/**
 * Whether criteria.md lets a pair complete (docs/loop.md). A box is known by its bold name, else by its text, whatever its
 * tick, white space and case. Boxes in code fences count like all others: the runtime seeds none there, and a box too many
 * asks for one more tick, where a box overlooked would let unfinished work pass.
 */
export function openCriteria(text: string, seeded: readonly string[]): CriteriaCheck {
  const boxes = boxLines(text);
  const present = new Set(boxes.map((box) => keyOf(box.name)));
  const missing = seeded.filter((name) => !present.has(keyOf(name)));
  const open = boxes.filter((box) => !box.ticked).map((box) => box.name);
  return { complete: boxes.length > 0 && missing.length === 0 && open.length === 0, missing, open };
}

/** The names of the boxes that are ticked, in order. An agent may have made any number of any length: those beyond all use are left out. */
export function tickedIn(text: string): readonly string[] {
  const ticked = boxLines(text).filter((box) => box.ticked && box.name.length <= NAME_AT_MOST);
  return ticked.slice(0, BOXES_AT_MOST).map((box) => box.name);
}

const NAME_AT_MOST = 1000;
const BOXES_AT_MOST = 500;

/** A box with its line, counted from 0, and what stands behind its brackets. */
export interface BoxLine {
  readonly at: number;
  readonly name: string;
  readonly ticked: boolean;
  readonly rest: string;
}

const BOX = /^[ \t]*[-*][ \t]+\[([ \txX✓✔])\](.*)$/s;

/** Every box of the file, in order. */
export function boxLines(text: string): BoxLine[] {
  return text.split('\n').flatMap((line, at) => {
    const [, tick, rest = ''] = BOX.exec(line) ?? [];
    return tick === undefined ? [] : [{ at, name: nameOf(rest), ticked: tick.trim() !== '', rest: rest.trimEnd() }];
  });
}

/** What a box is called: its bold name, else its text. */
function nameOf(rest: string): string {
  const text = rest.trim();
  const end = text.startsWith('**') ? text.indexOf('**', 2) : -1;
  return end === -1 ? text : text.slice(2, end).trim();
}

/** By which a box is known again. A colon may stand within the bold name or behind it. */
export function keyOf(name: string): string {
  return name.replace(/\s+/g, ' ').replace(/:$/, '').trim().toLowerCase();
}

import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { findBlocker, type Look, lookOnce, makesWait, readByEachCall, waitsFor } from './blocker.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { Place } from './place.ts';
import { WriteThrough } from './write-through.ts';

interface Held {
  readonly what: string;
  readonly folder: string;
  readonly descriptor: number;
  readonly stats: BigIntStats;
}

/**
 * The repository that a run began with. Its folders are held open, so that no other one can get their inode numbers, and each
 * call of git is preceded by a comparison with what stands in their places.
 */
export class Anchor {
  readonly #top: string;
  readonly #held: readonly Held[];
  readonly #entry: string;
  readonly #common: string;
  readonly #place: Place;
  readonly #read: string[];
  readonly #written: WriteThrough;
  #isHeld = true;

  constructor(place: Place) {
    this.#top = place.top;
    this.#place = place;
    this.#read = [...readByEachCall(place)];
    this.#written = new WriteThrough(place);
    const folders = { 'work tree': place.top, 'git folder': place.gitDir, 'common git folder': place.commonDir };
    const apart = Object.entries(folders).filter(([, folder], at, all) => all[at - 1]?.[1] !== folder);
    this.#held = apart.map(([what, folder]) => hold(what, folder));
    this.#entry = entryOf(this.#top);
    this.#common = commonOf(place, lookOnce());
  }

  /**
   * Throws a Problem that pauses the run, and says what is there now and what was, when it is another repository, or one in which git
   * would wait for ever.
   */
  check(): void {
    for (const { what, folder, stats } of this.#held) {
      const now = reached(folder);
      if (now !== undefined && now.dev === stats.dev && now.ino === stats.ino) continue;
      const found = now === undefined ? 'is gone' : `is another one now (${numbers(now)}; it was ${numbers(stats)})`;
      throw replaced(`the ${what} ${folder} ${found}`);
    }
    const entry = entryOf(this.#top);
    if (entry !== this.#entry) {
      throw replaced(`${path.join(this.#top, '.git')} is ${entry} now; it was ${this.#entry}`);
    }
    const look = lookOnce();
    const waits = this.#read.find((file) => makesWait(file, look));
    if (waits !== undefined) throw waitsFor(waits);
    const common = commonOf(this.#place, look);
    if (common !== this.#common) {
      const finding = `${path.join(this.#place.gitDir, 'commondir')} is ${common} now; it was ${this.#common}`;
      throw replaced(finding, 'Put that file back as it was, or remove it, then resume.');
    }
    this.#written.check(look);
  }

  /** What a git command that takes long waits for in vain, as a Problem; it is then found by each check. Null: nothing. */
  blocked(): Problem | null {
    const found = findBlocker(this.#place);
    if (found === null) return null;
    this.#read.push(found);
    return waitsFor(found);
  }

  /** Lets the folders go; done again, it does nothing. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    for (const { descriptor } of this.#held) closeSync(descriptor);
  }
}

/** Undefined where nothing is to be reached by that name any more: it is gone, or a file or a link to itself is in its way. */
function reached(folder: string): BigIntStats | undefined {
  try {
    return statSync(folder, { bigint: true });
  } catch {
    return undefined;
  }
}

/** Opened, and then told by its descriptor. */
function hold(what: string, folder: string): Held {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { what, folder, descriptor, stats: fstatSync(descriptor, { bigint: true }) };
}

/** What `.git` in the work tree is, in words; a link or a file with what it leads to. */
function entryOf(top: string): string {
  const file = path.join(top, '.git');
  try {
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) return `a link to ${readlinkSync(file)}`;
    if (stats.isFile()) return `a file that says ${wordsOf(file)}`;
    return stats.isDirectory() ? 'a folder' : 'something special';
  } catch {
    return 'gone';
  }
}

/** By this file a git folder says that another one has its branches and objects, as a linked work tree's does. */
function commonOf({ gitDir }: Place, look: Look): string {
  const file = path.join(gitDir, 'commondir');
  return look(file) !== undefined ? `a file that says ${wordsOf(file)}` : 'not there';
}

function wordsOf(file: string): string {
  return JSON.stringify(readCarefully(file)?.toString().slice(0, 4096).trim() ?? 'nothing that can be read');
}

function numbers({ dev, ino }: BigIntStats): string {
  return `device ${dev}, inode ${ino}`;
}

function replaced(finding: string, way = 'Put the repository back, or resume to go on with what is there.'): Problem {
  return new Problem(
    'unsettled',
    `Another repository stands in the place of the one that the run began with: ${finding}`,
    `Nothing was done in what stands there now. ${way}`,
  );
}

import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readCarefully } from '../files/careful-read.ts';
import { standing } from './head.ts';
import { leftBehind, ownFile } from './own-files.ts';
import { CHECKPOINT_TRAILER } from './recovery.ts';

const PREFIX = 'autoloop-draft';

/**
 * The message that a person was about to commit with, put aside while `git commit` writes ours in its place: it is back afterwards, and
 * where the process dies in between, at the next start. Where something else stands there, git says so.
 */
export class Draft {
  readonly #gitDir: string;
  readonly #aside: string | null;

  static putAside(gitDir: string): Draft {
    putBackOwn(gitDir);
    const place = placeOf(gitDir);
    if (standing(place)?.isFile() !== true) return new Draft(gitDir, null);
    const aside = ownFile(gitDir, PREFIX);
    renameSync(place, aside);
    return new Draft(gitDir, aside);
  }

  private constructor(gitDir: string, aside: string | null) {
    this.#gitDir = gitDir;
    this.#aside = aside;
  }

  /** `message`: what git was given. */
  putBack(message: string): void {
    const place = placeOf(this.#gitDir);
    if (this.#aside !== null) giveBack(this.#aside, place, (text) => message.startsWith(text));
    else if (standing(place)?.isFile() === true) rmSync(place, { force: true });
  }
}

/** Puts back what this process has put aside and could not put back: it is still the person's, and what stands in its place is ours. */
export function putBackOwn(gitDir: string): void {
  const aside = ownFile(gitDir, PREFIX);
  if (standing(aside)?.isFile() === true) giveBack(aside, placeOf(gitDir), isOurs);
}

/** Puts back what a process had put aside that died before it could; what is no file stays in its way. */
export function putBackDrafts(gitDir: string): void {
  const place = placeOf(gitDir);
  if (standing(place)?.isFile() === false) return;
  for (const aside of leftBehind(gitDir, PREFIX)) giveBack(aside, place, isOurs);
}

/** A message that somebody wrote meanwhile is the newer one. */
function giveBack(aside: string, place: string, isGits: (text: string) => boolean): void {
  const text = readCarefully(place)?.toString();
  if (text === undefined || isGits(text)) renameSync(aside, place);
  else rmSync(aside, { force: true });
}

/** Whole, or cut off where git died: an editor's has the words of git below it. */
function isOurs(text: string): boolean {
  const [subject, empty = '', ...trailers] = text.split('\n');
  if (trailers.length === 0) return text === '' || /^autoloop: /.test(text);
  return (
    subject !== '' &&
    empty === '' &&
    text.includes(`\n${CHECKPOINT_TRAILER}`) &&
    trailers.every((line) => line === '' || /^[A-Z][\w-]*: /.test(line))
  );
}

function placeOf(gitDir: string): string {
  return path.join(gitDir, 'COMMIT_EDITMSG');
}

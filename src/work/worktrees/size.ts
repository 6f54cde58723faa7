import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** How much a folder holds. */
export interface FolderSize {
  readonly bytes: number;
  /** Whether it was counted to the end: `bytes` is less than there is, else. */
  readonly isWhole: boolean;
}

/** How many files and folders may still be looked at, by all that share it. */
export interface Allowance {
  left: number;
}

/** The size of all files below a folder, as far as the allowance reaches. No link is followed; what cannot be read counts nothing. */
export function sizeOf(folder: string, allowance: Allowance): FolderSize {
  let bytes = 0;
  for (const open = [folder]; ;) {
    const next = open.pop();
    if (next === undefined) return { bytes, isWhole: true };
    for (const entry of entriesIn(next)) {
      if (allowance.left <= 0) return { bytes, isWhole: false };
      allowance.left -= 1;
      const place = path.join(next, entry.name);
      if (entry.isDirectory()) open.push(place);
      else bytes += lstatSync(place, { throwIfNoEntry: false })?.size ?? 0;
    }
  }
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // Gone meanwhile, or not for us.
  }
}

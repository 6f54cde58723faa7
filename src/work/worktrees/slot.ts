import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isErrno } from '../../files/disk-problem.ts';
import { noteOf, taskTrees } from './record.ts';
import { readCarefully } from '../../files/careful-read.ts';
import { lookAt } from '../../files/door.ts';

const MOST_SLOTS = 1000;

/**
 * The smallest number from 0 that no other task's work tree holds, held for this one from now on: each has a file in git's common folder,
 * which only one start can create.
 */
export function takeSlot(commonDir: string, taskId: string): number {
  for (let slot = 0; slot < MOST_SLOTS; slot += 1) {
    const file = slotFile(commonDir, slot);
    if (claim(file, taskId)) return slot;
    const holder = holderOf(file);
    if (holder === taskId) return slot;
    if (!isHeld(commonDir, holder) && giveUp(file, holder) && claim(file, taskId)) return slot;
  }
  return MOST_SLOTS;
}

/** Its number may be another one's from now on. */
export function freeSlot(commonDir: string, slot: number, taskId: string): void {
  const file = slotFile(commonDir, slot);
  if (holderOf(file) === taskId) giveUp(file, taskId);
}

function slotFile(commonDir: string, slot: number): string {
  return path.join(commonDir, `autoloop-slot-${slot}`);
}

function claim(file: string, taskId: string): boolean {
  try {
    writeFileSync(file, taskId, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The empty text: whoever created it has not said so yet, nothing is there any more, or something that is no file. */
function holderOf(file: string): string {
  return readCarefully(file)?.toString() ?? '';
}

function isHeld(commonDir: string, taskId: string): boolean {
  if (taskId === '' || lookAt(noteOf(commonDir, taskId)) !== null) return true;
  return taskTrees(commonDir).some((tree) => tree.taskId === taskId && tree.isThere);
}

/** Takes the file away, unless another one has taken its place; false: it has. */
function giveUp(file: string, holder: string): boolean {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    renameSync(file, aside);
  } catch {
    return true; // Somebody else has: whoever creates it next has it.
  }
  const isSame = holderOf(aside) === holder;
  if (isSame) rmSync(aside, { force: true });
  else renameSync(aside, file);
  return isSame;
}

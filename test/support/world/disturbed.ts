import { Disk } from './disk.ts';
import { findings } from './findings.ts';
import type { Fault } from './operations.ts';
import { answersIn, newDisk, start, type Started, type Story } from './world.ts';

/** A story told without a disturbance, and what was on the disk after each of its writes. */
export interface Undisturbed {
  readonly story: Story;
  readonly disk: Disk;
  readonly started: Started;
  readonly moments: readonly Moment[];
}

/**
 * The disk after one write. It is what a kill leaves that comes right after that operation, and before or after any operation up to
 * the next write: those only look.
 */
export interface Moment {
  readonly operation: string;
  readonly count: number;
  readonly disk: Disk;
  readonly said: readonly string[];
}

export async function undisturbed(story: Story): Promise<Undisturbed> {
  const disk = newDisk(story);
  const moments: Moment[] = [];
  const wrote = (operation: string, count: number, said: readonly string[]) =>
    void moments.push({ operation, count, disk: new Disk(disk), said });
  return { story, disk, started: await start(disk, story, { wrote }), moments };
}

/** What comes of a kill at this moment when the run is resumed; with `fault`, the resume fails as well and is resumed. */
export async function afterKill(clean: Undisturbed, moment: Moment, fault?: Fault): Promise<string[]> {
  const disk = new Disk(moment.disk);
  const starts: Started[] = [{ ...clean.started, killed: true, status: null, said: moment.said }];
  if (fault !== undefined) starts.push(await start(disk, clean.story, { fault, from: 'last' }));
  starts.push(await start(disk, clean.story));
  const found = findings(clean, { disk, starts }, fault === undefined ? 1 : 2);
  // Only an answer that had not reached the log may be asked for again.
  const open = Number(moment.disk.asked.length > answersIn(moment.disk));
  if (fault === undefined && disk.asked.length > clean.disk.asked.length + open) {
    found.push('an answered question was put again');
  }
  const where = `killed after operation ${moment.count} (${moment.operation})`;
  return found.map((text) => `${where}${fault === undefined ? '' : ` and ${fault.how} at ${fault.at}`}: ${text}`);
}

/** What comes of a fault at one operation. A run that has ended as it should all the same is not resumed. */
export async function afterFault(clean: Undisturbed, fault: Fault): Promise<string[]> {
  const disk = newDisk(clean.story);
  const starts = [await start(disk, clean.story, { fault })];
  if (starts[0]?.status !== clean.started.status) starts.push(await start(disk, clean.story, { from: 'last' }));
  const where = `${fault.how} at operation ${fault.at} (${starts[0]?.struck ?? 'none'})`;
  return findings(clean, { disk, starts }, 1).map((text) => `${where}: ${text}`);
}

import { closeSync, constants, ftruncateSync, fstatSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isThere, openChecked, readText } from '../files/door.ts';
import { listFolder, makeFolder, remove } from '../files/folders.ts';
import type { Epoch, Owner, ProcessId } from './process-table.ts';
import { processTable } from './platform.ts';

/** Who wrote a ledger and how its processes are told. */
export interface LedgerHeader extends Epoch {
  readonly owner: Owner;
  readonly mark: string;
  readonly controlGroup: string | null;
}

/**
 * Remembers which processes one start of the program has on its conscience, for the watchdog and for the next start.
 * The file is `<directory>/<mark>.processes`: the header as one line of JSON, then `pid start` for each member.
 * It is not synced: it has to outlive a kill; a power cut leaves no process to end.
 */
export interface Ledger {
  readonly file: string;
  readonly header: LedgerHeader;
  readonly record: (member: ProcessId) => void;
  /** Puts the file back when it has disappeared: agents clean up in work trees. */
  readonly tend: () => void;
  /** Forgets all members: they have ended. */
  readonly clear: () => void;
  readonly remove: () => void;
}

/** Throws the system's error when the file cannot be written. */
export function openLedger(directory: string, mark: string, controlGroup: string | null): Ledger {
  const row = processTable.read(process.pid);
  const owner: Owner =
    row === null ? { pid: process.pid, start: 'unknown' } : { pid: row.pid, start: row.start, session: row.session };
  const header: LedgerHeader = { ...processTable.epoch(), owner, mark, controlGroup };
  const file = path.join(directory, `${mark}.processes`);
  const firstLine = `${JSON.stringify(header)}\n`;
  let members = '';
  const create = (): void => {
    makeFolder(directory);
    try {
      changing(file, constants.O_CREAT | constants.O_EXCL, (descriptor) => writeSync(descriptor, firstLine + members));
    } catch (error) {
      remove(file); // Half a ledger would pass for a whole one: it is tried again.
      throw error;
    }
  };
  const attempt = (change: () => void): void => {
    try {
      if (isThere(file, 'file')) change();
      else create();
    } catch {
      // A full disk, say. The mark still tells nearly all members, and a turn is worth more than this file.
    }
  };
  create();
  return {
    file,
    header,
    record(member) {
      const line = `${member.pid} ${member.start}\n`;
      members += line;
      attempt(() => changing(file, constants.O_APPEND, (descriptor) => writeSync(descriptor, line)));
    },
    tend: () => attempt(() => undefined),
    clear() {
      members = '';
      attempt(() =>
        changing(file, 0, (descriptor) => {
          if (fstatSync(descriptor).size > firstLine.length) ftruncateSync(descriptor, firstLine.length);
        }),
      );
    },
    remove: () => remove(file),
  };
}

/** Without O_CREAT it throws where no such file is: deleted a moment ago, it must not come back without its first line. */
function changing(file: string, flags: number, change: (descriptor: number) => unknown): void {
  const descriptor = openChecked(file, constants.O_WRONLY | flags);
  try {
    change(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The ledgers in a folder, with their paths; none where there was no start yet, or what may not be read. */
export function ledgersIn(folder: string): string[] {
  try {
    const names = listFolder(folder).map(({ name }) => name);
    return names.filter((name) => LEDGER_NAME.test(name)).map((name) => path.join(folder, name));
  } catch {
    return []; // Refused where it is opened: here nothing is known of it.
  }
}

/** What a ledger says: who wrote it, and the members on record. */
export interface LedgerContent {
  readonly header: LedgerHeader;
  readonly recorded: readonly ProcessId[];
}

/** Null when there is none, or one cut off in its first line: its owner died before it started anything. */
export function readLedger(file: string): LedgerContent | null {
  let lines: string[];
  try {
    lines = (readText(file) ?? '').split('\n');
  } catch {
    return null;
  }
  const header = parseLedgerHeader(lines.shift() ?? '', file);
  if (header === null) return null;
  const recorded = lines.flatMap((line) => {
    const [, pid, start] = /^([1-9][0-9]*) ([0-9]+)$/.exec(line) ?? [];
    return pid === undefined || start === undefined ? [] : [{ pid: Number(pid), start }];
  });
  return { header, recorded };
}

/**
 * The header of the ledger in `file`, null when this text is none. What it says decides what gets killed, so nothing is
 * believed that the file's name does not bear out.
 */
export function parseLedgerHeader(text: string, file: string): LedgerHeader | null {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return null;
  }
  const name = path.basename(file);
  if (!isHeader(header) || name !== `${header.mark}.processes` || !LEDGER_NAME.test(name)) return null;
  if (header.controlGroup !== null && path.basename(header.controlGroup) !== header.mark) return null;
  return header;
}

const LEDGER_NAME = /^AUTOLOOP_RUN_[0-9a-f]{32}\.processes$/;

function isHeader(value: unknown): value is LedgerHeader {
  if (typeof value !== 'object' || value === null) return false;
  const header = value as Partial<Record<keyof LedgerHeader, unknown>>;
  const owner = header.owner as Partial<Record<keyof Owner, unknown>> | null | undefined;
  return (
    [header.boot, header.pidNamespace, header.mark, owner?.start].every((text) => typeof text === 'string') &&
    typeof owner?.pid === 'number' &&
    (owner.session === undefined || typeof owner.session === 'number') &&
    (header.controlGroup === null || typeof header.controlGroup === 'string')
  );
}

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
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
  readonly owner: Owner;
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
  const header: LedgerHeader = {
    ...processTable.epoch(),
    owner,
    mark,
    controlGroup,
  };
  const file = path.join(directory, `${mark}.processes`);
  const firstLine = `${JSON.stringify(header)}\n`;
  let members = '';
  const create = (): void => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, firstLine + members, { flag: 'wx' });
  };
  const attempt = (change: () => void): void => {
    try {
      if (existsSync(file)) change();
      else create();
    } catch {
      // A full disk, say. The mark still tells nearly all members, and a turn is worth more than this file.
    }
  };
  create();
  return {
    file,
    owner: header.owner,
    record(member) {
      const line = `${member.pid} ${member.start}\n`;
      members += line;
      attempt(() => appendFileSync(file, line));
    },
    tend: () => attempt(() => undefined),
    clear() {
      members = '';
      attempt(() => {
        if (statSync(file).size > firstLine.length) truncateSync(file, firstLine.length);
      });
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/** Whether a file of this name is one of ours. */
export function isLedgerName(name: string): boolean {
  return LEDGER_NAME.test(name);
}

/**
 * Null when there is none, or one cut off in its first line: its owner died before it started anything. What a ledger says
 * decides what gets killed, so nothing is believed that its name does not bear out.
 */
export function readLedger(file: string): { header: LedgerHeader; recorded: ProcessId[] } | null {
  let lines: string[];
  let header: unknown;
  try {
    lines = readFileSync(file, 'utf8').split('\n');
    header = JSON.parse(lines.shift() ?? '');
  } catch {
    return null; // See above: both are ordinary.
  }
  if (!isHeader(header) || path.basename(file) !== `${header.mark}.processes` || !isLedgerName(path.basename(file)))
    return null;
  if (header.controlGroup !== null && path.basename(header.controlGroup) !== header.mark) return null;
  const recorded = lines.flatMap((line) => {
    const [, pid, start] = /^([1-9][0-9]*) ([0-9]+)$/.exec(line) ?? [];
    return pid === undefined || start === undefined ? [] : [{ pid: Number(pid), start }];
  });
  return { header, recorded };
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

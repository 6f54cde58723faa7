import { remove } from '../files/folders.ts';
import { removeControlGroup } from './control-group.ts';
import { ledgersIn, readLedger, type LedgerHeader } from './ledger.ts';
import type { ProcessId } from './process-table.ts';
import { isRunning, processTable } from './platform.ts';
import { endTree } from './terminate/end-tree.ts';
import { ProcessTree } from './tree.ts';

export interface ReapReport {
  /** How many processes of dead starts were ended. */
  readonly ended: number;
  /** Those that could not be: stuck in the kernel, or another user's. Their ledger is kept. */
  readonly survivors: readonly ProcessId[];
  /** Living owners of ledgers: another start is at work here, and nothing of it was touched. */
  readonly owners: readonly ProcessId[];
  /** Ledgers written in another container on this machine: they are kept, and their processes cannot be seen from here. */
  readonly elsewhere: readonly string[];
}

/**
 * Ends what earlier starts left behind when they and their watchdogs were killed. To be called before `startSupervisor`,
 * by whoever holds the workspace.
 */
export async function reapLeftovers(directory: string): Promise<ReapReport> {
  const found = await Promise.all(ledgersIn(directory).map((file) => reapLedger(file, { ownerIsDead: false })));
  return {
    ended: found.reduce((sum, one) => sum + (one.kind === 'ended' ? one.ended : 0), 0),
    survivors: found.flatMap((one) => (one.kind === 'ended' ? one.survivors : [])),
    owners: found.flatMap((one) => (one.kind === 'owned' ? [one.owner] : [])),
    elsewhere: found.flatMap((one) => (one.kind === 'elsewhere' ? [one.file] : [])),
  };
}

/** The living owners of the ledgers in a folder: starts that are at work. Changes nothing. */
export function livingOwners(directory: string): ProcessId[] {
  const here = processTable.epoch();
  return ledgersIn(directory).flatMap((file) => {
    const header = readLedger(file)?.header;
    if (header?.boot !== here.boot || header.pidNamespace !== here.pidNamespace) return [];
    return isRunning(header.owner) ? [header.owner] : [];
  });
}

type Reaped =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'owned'; readonly owner: ProcessId }
  | { readonly kind: 'elsewhere'; readonly file: string }
  | { readonly kind: 'ended'; readonly ended: number; readonly survivors: readonly ProcessId[] };

export interface ReapOptions {
  /** The caller knows it: the owner may still be seen for a moment. */
  readonly ownerIsDead: boolean;
  /** What the ledger began with, for when it is gone or spoilt. */
  readonly header?: LedgerHeader | null;
}

/** Ends what one ledger names and removes it. */
export async function reapLedger(file: string, { ownerIsDead, header: known }: ReapOptions): Promise<Reaped> {
  const ledger = readLedger(file) ?? (known ? { header: known, recorded: [] } : null);
  const here = processTable.epoch();
  if (ledger?.header.boot !== here.boot) {
    remove(file); // Nothing lives through a boot, and before the first line is whole nothing was started.
    return { kind: 'nothing' };
  }
  const { header, recorded } = ledger;
  if (header.pidNamespace !== here.pidNamespace) return { kind: 'elsewhere', file };
  if (!ownerIsDead && isRunning(header.owner)) return { kind: 'owned', owner: header.owner };
  const { mark, owner, controlGroup } = header;
  const tree = new ProcessTree({ mark, owner, controlGroup, recorded, isOurs: (pid) => pid === owner.pid });
  const found = tree.look({ marks: true }).length;
  const survivors = found === 0 ? [] : await endTree(tree, { agent: null });
  if (survivors.length === 0) {
    remove(file);
    if (controlGroup !== null) await removeControlGroup(controlGroup);
  }
  return { kind: 'ended', ended: Math.max(0, found - survivors.length), survivors };
}

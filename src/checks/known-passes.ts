import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Check } from '../core/checks/check.ts';
import { hasPassed } from '../core/checks/judgement.ts';
import { fromDocument, toDocument } from '../core/checks/results.ts';
import { readCached, writeCached } from '../files/cache-file.ts';
import type { Ran } from '../run/check-port.ts';

export interface PassKey {
  readonly folder: string;
  /** The workspace within its repository: one state has several, whose checks may have one name and command. */
  readonly workspace: string;
  readonly check: Check;
  readonly tree: string;
  /** How its dependencies came to be: the command that prepares the folder, or what was carried from the work tree. */
  readonly setup: string | null;
}

type Known = Omit<Ran, 'cached'>;

/** The result of an earlier run with the same command on the same state, if it passed; null: there is none. */
export function knownPass(key: PassKey): Known | null {
  const found = readCached(fileOf(key)) as { parser?: Known['parser']; result?: unknown };
  const result = fromDocument(found.result);
  return result === null || found.parser === undefined || !hasPassed(result) ? null : { parser: found.parser, result };
}

/** Only what passed at once, all of it, is worth keeping: anything else may be otherwise the next time. */
export function rememberPass(key: PassKey, { parser, result }: Known): void {
  if (!hasPassed(result) || result.flaky.length > 0) return;
  writeCached(fileOf(key), { parser, result: toDocument(result) });
}

function fileOf({ folder, workspace, check, tree, setup }: PassKey): string {
  const { run, parser, results } = check;
  const key = JSON.stringify([
    3,
    workspace,
    tree,
    check.name,
    run,
    parser,
    results,
    setup,
    process.platform,
    process.arch,
  ]);
  return path.join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
}

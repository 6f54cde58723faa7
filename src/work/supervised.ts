import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ProcessRunner, startSupervisor } from '../supervision/supervisor.ts';

/**
 * Works with programs that neither outlive the work nor this program, outside of any run: their account is kept in a folder of its own, so
 * that nobody takes this for a start, and is gone afterwards. Rejects as the work does, or with a Problem where no account can be kept.
 */
export async function supervised<T>(work: (runner: ProcessRunner) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'autoloop-programs-'));
  try {
    const supervisor = startSupervisor({ directory: folder });
    try {
      return await work(supervisor);
    } finally {
      await supervisor.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

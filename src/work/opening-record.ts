import path from 'node:path';
import { recordedForm } from '../config/recorded.ts';
import type { Settings } from '../core/settings.ts';
import { readCarefully } from '../files/careful-read.ts';
import { remove } from '../files/folders.ts';
import { replaceFile } from '../files/replace.ts';

/**
 * What a run was asked to begin with, as long as its log does not say it: a kill between the making of its folder and its first event
 * must not lose options. Kept where agents do not write.
 */
export interface OpeningRecord {
  /** As a log would have them, to be parsed like them; null: nothing is known. */
  read(): unknown;
  write(settings: Settings): Promise<void>;
  /** The log says it now. */
  drop(): void;
}

/** `machine`: the folder for what only this machine needs. */
export function openingRecord(machine: string, runId: string): OpeningRecord {
  const file = path.join(machine, 'runs', `${runId}.opening.json`);
  return {
    read() {
      try {
        return JSON.parse(readCarefully(file)?.toString() ?? 'null') as unknown;
      } catch {
        return null; // Torn by a power cut: as good as none.
      }
    },
    write: (settings) => replaceFile(file, `${JSON.stringify(recordedForm(settings))}\n`),
    drop: () => remove(file),
  };
}

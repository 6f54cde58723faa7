import * as z from 'zod';
import { remove } from '../files/folders.ts';
import { promised } from '../files/operations.ts';
import { replaceFile } from '../files/replace.ts';
import { readCarefully } from '../files/careful-read.ts';

/** What one start of the program leaves for the next one to know of git's configuration. */
export interface KnownConfig {
  /** The values that a start took down which has not come to its end; null: the last one has. */
  readonly trusted: readonly string[] | null;
  /** The values for which a run was paused. */
  readonly refused: readonly string[];
}

/** Keeps it where agents do not write. */
export interface ConfigRecord {
  read(): KnownConfig | null;
  write(known: KnownConfig): Promise<void>;
}

export function configRecord(file: string): ConfigRecord {
  return {
    read() {
      const text = readCarefully(file)?.toString();
      if (text === undefined) return null;
      try {
        return KNOWN.parse(JSON.parse(text));
      } catch {
        return null; // Torn by a power cut: as good as none.
      }
    },
    async write(known) {
      const isNothing = known.trusted === null && known.refused.length === 0;
      if (isNothing) await promised(() => remove(file));
      else await replaceFile(file, `${JSON.stringify(known)}\n`);
    },
  };
}

const KNOWN = z.object({ trusted: z.array(z.string()).nullable(), refused: z.array(z.string()) });

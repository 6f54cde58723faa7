import { createHash } from 'node:crypto';
import path from 'node:path';
import type { StateDisk } from '../disk/disk.ts';

/** Documents under `turns/`, each named by its kind and the SHA-1 of its content. */
export interface TurnDocuments {
  /** Resolves with the document's name. Doing it again changes nothing. */
  keep(kind: 'baseline' | 'edits' | 'results' | 'report', document: unknown): Promise<string>;
  /** Null when it is not there, or not what was kept. */
  recall(name: string): Promise<unknown>;
}

export function turnDocuments(disk: StateDisk, folder: string): TurnDocuments {
  return {
    async keep(kind, document) {
      const text = `${JSON.stringify(document)}\n`;
      const name = `${kind}-${digest(text)}.json`;
      const file = path.join(folder, name);
      if ((await disk.read(file)) !== text) await disk.replace(file, text);
      return name;
    },
    async recall(name) {
      const hash = /^(?:baseline|edits|results|report)-([0-9a-f]{16})\.json$/.exec(name)?.[1];
      if (hash === undefined) return null;
      const text = await disk.read(path.join(folder, name));
      return text !== null && digest(text) === hash ? (JSON.parse(text) as unknown) : null;
    },
  };
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 16);
}

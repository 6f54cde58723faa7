import { readFileSync } from 'node:fs';
import { print } from './play.ts';

interface Entry {
  /** `>`: what the client said. */
  readonly dir: '>' | '<';
  readonly m: Message;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
}

/** Where the workspace was when a transcript was taken. */
const RECORDED_FOLDER = '/SCRATCH/ws';

/**
 * Says again what an agent said in a turn that was written down, an entry a line: what followed on a message of the client then
 * follows on the same one now, under the ids of now. What the client did not say then gets an empty answer.
 */
export class Transcript {
  readonly #entries: readonly Entry[];
  readonly #ids = new Map<unknown, unknown>();
  #next = 0;

  constructor(file: string) {
    const text = readFileSync(file, 'utf8').replaceAll(RECORDED_FOLDER, process.cwd());
    this.#entries = text.split('\n').flatMap(entryOf);
  }

  hear({ id, method }: Message): void {
    const found = this.#entries.findIndex(
      ({ dir, m }, index) => index >= this.#next && dir === '>' && m.method === method,
    );
    if (found === -1) {
      if (method !== undefined && id !== undefined) this.#say({ id, result: {} });
      return;
    }
    if (method !== undefined) this.#ids.set(this.#entries[found]?.m.id, id);
    this.#next = found + 1;
    for (let entry = this.#entries[this.#next]; entry?.dir === '<'; entry = this.#entries[++this.#next]) {
      const isAnswer = entry.m.method === undefined;
      this.#say(isAnswer ? { ...entry.m, id: this.#ids.get(entry.m.id) } : entry.m);
    }
  }

  #say(message: object): void {
    print(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

/** Long ones were cut when they were written down: those are left out. */
function entryOf(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}

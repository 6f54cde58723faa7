import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { readEndCarefully } from '../../files/careful-read.ts';
import type { Activity } from '../../run/agent-port.ts';
import type { Environment } from '../program.ts';
import { claudeActivity } from './progress.ts';

/** An entry that is longer shows nothing. */
const END_BYTES = 256 * 1024;

/**
 * The transcript that claude keeps of a session below its configuration folder. Without a stream it is the only thing that moves before
 * the turn's end: its size is a sign of life, and its last entry says what claude is doing, and nothing else.
 */
export class Transcript {
  readonly #projects: string;
  readonly #name: string;
  readonly #show: (activity: Activity) => void;
  readonly #activity = claudeActivity();
  #file: string | null = null;
  /** At the last call; null before the first. */
  #size: number | null = null;

  constructor(env: Environment, sessionId: string, show: (activity: Activity) => void) {
    this.#projects = path.join(env['CLAUDE_CONFIG_DIR'] ?? path.join(env['HOME'] ?? homedir(), '.claude'), 'projects');
    this.#name = `${sessionId}.jsonl`;
    this.#show = show;
  }

  /** Its size, null while there is none; shows what its last entry does where it has grown since the last call. */
  pulse(): number | null {
    this.#file ??= this.#find();
    const read = this.#file === null ? null : readEndCarefully(this.#file, END_BYTES);
    const before = this.#size;
    this.#size = read?.size ?? before ?? 0;
    if (read === null) return null;
    // Of a session that goes on, what was there before is not what it does now.
    if (before !== null && read.size > before) for (const deed of this.#activity(lastEntry(read.end))) this.#show(deed);
    return read.size;
  }

  /** The folder is named after the workspace in a way of claude's own: whichever holds the session is it. */
  #find(): string | null {
    try {
      const folders = readdirSync(this.#projects).map((name) => path.join(this.#projects, name, this.#name));
      return folders.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null;
    } catch {
      return null; // Not there yet, or not for us: then it tells nothing.
    }
  }
}

/** The last line that is whole. */
function lastEntry(bytes: Buffer): string {
  const end = bytes.lastIndexOf(10);
  return end < 0 ? '' : bytes.subarray(bytes.lastIndexOf(10, end - 1) + 1, end).toString();
}

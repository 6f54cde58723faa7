import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type Command, COMMAND_KINDS, commandId, SENDERS } from '../core/command.ts';
import { inTurn } from '../core/in-turn.ts';
import { Problem } from '../core/problem.ts';
import { isMissing } from '../files/disk-problem.ts';
import { machineFolder } from '../files/places.ts';

/** More would be a program gone wild, not a person. */
const MOST_WAITING = 100;
const MOST_BYTES = 256 * 1024;
const NAME = /^\d{15}-[0-9a-f]{12}\.json$/;

/** What this process puts, one after the other: of many that counted at once, all would find room. */
const putting = inTurn();

const COMMAND = z.object({
  id: z.string(),
  kind: z.enum(COMMAND_KINDS),
  text: z.string().nullable(),
  for: z.string().nullable(),
  by: z.enum(SENDERS),
  at: z.string(),
});

/** The inbox of a run. Nothing is made before something is put. */
export function inboxOf(workspace: string, runId: string): Inbox {
  return new Inbox(path.join(machineFolder(workspace), 'inbox', runId));
}

/**
 * The commands that wait for one run, one file each, in a folder of the machine-only state: in the workspace an agent in its
 * sandbox could write them, and approve its own plan. Whoever sends needs no lock; the process that holds the lock takes.
 */
export class Inbox {
  readonly #folder: string;

  /** `folder` need not exist. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Leaves a command, durably: it is whole once it has its name. Rejects with a usage Problem when too many wait already or it is
   * too long.
   */
  put(command: Omit<Command, 'id' | 'at'>, now = new Date()): Promise<Command> {
    return putting(() => this.#put(command, now));
  }

  async #put(command: Omit<Command, 'id' | 'at'>, now: Date): Promise<Command> {
    await this.#make();
    const waiting = (await this.#names()).length;
    if (waiting >= MOST_WAITING) {
      throw new Problem(
        'usage',
        `${String(waiting)} commands wait for this run already`,
        'Resume it, so that it takes them.',
      );
    }
    const id = commandId(now.getTime(), randomBytes(6).toString('hex'));
    const whole: Command = { id, ...command, at: now.toISOString() };
    const bytes = Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
    if (bytes.length > MOST_BYTES) {
      throw new Problem(
        'usage',
        `the text has ${String(bytes.length)} bytes as JSON: at most ${String(MOST_BYTES)} are accepted`,
      );
    }
    const draft = path.join(this.#folder, `.${id}.tmp`);
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path.join(this.#folder, `${id}.json`));
    return whole;
  }

  async #make(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      const problem = new Problem(
        'state',
        'the order cannot be kept: the folder for what agents must not change cannot be written, or lies in the workspace',
        'Let XDG_STATE_HOME name a folder outside the workspace, for the run and here.',
      );
      problem.cause = error;
      throw problem;
    }
  }

  /** What waits, in the order of sending, and the names of files that are no command: these are left where they are. */
  async read(): Promise<{ readonly commands: readonly Command[]; readonly unreadable: readonly string[] }> {
    const commands: Command[] = [];
    const unreadable: string[] = [];
    for (const name of await this.#names()) {
      const command = await readCommand(path.join(this.#folder, name));
      if (command === 'gone') continue;
      if (command === null || `${command.id}.json` !== name) unreadable.push(name);
      else commands.push(command);
    }
    return { commands, unreadable };
  }

  /** The command was taken: the run's log has its id. */
  async drop(id: string): Promise<void> {
    await rm(path.join(this.#folder, `${id}.json`), { force: true });
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => NAME.test(name)).sort();
    } catch (error) {
      if (isMissing(error)) return []; // Nobody has sent anything yet.
      throw error;
    }
  }
}

/** Null: it is no command. */
async function readCommand(file: string): Promise<Command | 'gone' | null> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > MOST_BYTES) return null;
      return COMMAND.safeParse(JSON.parse(await handle.readFile('utf8'))).data ?? null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null;
  }
}

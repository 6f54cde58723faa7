import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readIntentText } from '../config/front-matter.ts';
import type { FrontMatter } from '../config/front-matter.ts';
import { inBatchOrder } from '../core/batch/order.ts';
import { taskIdFromOption } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import type { AgentName } from '../core/vocabulary.ts';
import { sha1 } from '../work/ids.ts';

/** A file of a batch: one task and what it is asked. */
export interface BatchIntent extends Omit<FrontMatter, 'after'> {
  readonly taskId: string;
  /** The file, as it was found. */
  readonly source: string;
  /** The request. */
  readonly body: string;
  /** Ids. */
  readonly after: readonly string[];
}

const ENDINGS = ['.md', '.txt'];
const MOST_BYTES = 10_000_000;

/**
 * The intents of files and of the folders' own files, in the order in which they are to be begun. Throws a Problem of kind `usage` for
 * what cannot be read or is no intent, and for what `inBatchOrder` refuses. `agents`: who may work.
 */
export function readIntents(places: readonly string[], agents: readonly AgentName[]): readonly BatchIntent[] {
  const files = [...new Set(places.flatMap(filesAt))];
  return inBatchOrder(files.map((file) => intentIn(file, agents)));
}

function filesAt(place: string): string[] {
  const absolute = path.resolve(place);
  const stats = lookedAt(absolute, place);
  if (!stats.isDirectory()) {
    if (stats.isFile() && ENDINGS.includes(path.extname(absolute).toLowerCase())) return [absolute];
    throw new Problem(
      'usage',
      `${place} is no intent: a file whose name ends in .md or .txt is accepted, or a folder of them`,
    );
  }
  const names = readdirSync(absolute).filter(
    (name) => !name.startsWith('.') && ENDINGS.includes(path.extname(name).toLowerCase()),
  );
  if (names.length === 0) throw new Problem('usage', `${place} has no intent: no file in it ends in .md or .txt`);
  return names.sort().map((name) => path.join(absolute, name));
}

function lookedAt(absolute: string, place: string) {
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats !== undefined) return stats;
  throw new Problem('usage', `${place} does not exist: give files that end in .md or .txt, or folders of them`);
}

function intentIn(file: string, agents: readonly AgentName[]): BatchIntent {
  const source = path.relative(process.cwd(), file).startsWith('..') ? file : path.relative(process.cwd(), file);
  const { head, body } = readIntentText(textIn(file, source), source, agents);
  if (body.trim() === '') throw new Problem('usage', `${source} holds no request: it is blank`);
  const { after, ...rest } = head;
  return { ...rest, taskId: idOf(path.basename(file)), source, body, after: [...new Set(after.map(idOf))] };
}

/** The id of a task by the name of its file, with or without its ending. */
function idOf(name: string): string {
  const ending = path.extname(name);
  const stem = ENDINGS.includes(ending.toLowerCase()) ? name.slice(0, -ending.length) : name;
  return taskIdFromOption(stem, sha1, () => false);
}

function textIn(file: string, source: string): string {
  const refuse = (what: string): never => {
    throw new Problem('usage', `${source} ${what}`);
  };
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return refuse('is no regular file');
    if (stats.size > MOST_BYTES) return refuse(`has ${stats.size} bytes: at most ${MOST_BYTES} are accepted`);
    const bytes = readFileSync(file);
    if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    return refuse(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  return refuse('is not UTF-8 text: save it in that encoding');
}

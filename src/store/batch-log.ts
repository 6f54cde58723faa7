import path from 'node:path';
import { lookAt, readText } from '../files/door.ts';
import { listFolder } from '../files/folders.ts';
import { Problem } from '../core/problem.ts';
import type { StateDisk } from './disk/disk.ts';
import type { StateFiles } from './layout.ts';

/** What becomes of a task in a batch, or of the batch itself (`begun`, `over`). */
const BATCH_STEPS = [
  'begun',
  'queued',
  'started',
  'resumed',
  'ended',
  'parked',
  'limited',
  'stuck',
  'merged',
  'conflict',
  'pr_opened',
  'over',
] as const;
export type BatchStep = (typeof BATCH_STEPS)[number];

/** One line of a batch's file (docs/state.md). Whoever reads it must not trust it: agents may have written there. */
export interface BatchLine {
  /** ISO 8601. */
  readonly ts: string;
  readonly step: BatchStep;
  /** Absent: of the batch. */
  readonly task?: string;
  readonly run_id?: string;
  readonly code?: number;
  /** Of what the file asks for: a task that has begun is asked for nothing else later. */
  readonly sha256?: string;
  /** Of a usage limit, ISO 8601. */
  readonly until?: string;
  /** Of a merge, or a pull request. */
  readonly commit?: string;
  readonly url?: string;
}

/** Absolute. `id` is one plain name. */
export function batchFile({ folder }: StateFiles, id: string): string {
  return path.join(folder, 'batch', `${id}.jsonl`);
}

/** Adds one line, after the end of one that a power cut tore. Rejects with a Problem of kind `state`. */
export async function appendToBatch(
  disk: StateDisk,
  file: string,
  line: Omit<BatchLine, 'ts'>,
  now: Date,
): Promise<void> {
  const text = lookAt(file)?.kind === 'file' ? ((await disk.read(file)) ?? '') : '';
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  await disk.append(file, `${gap}${JSON.stringify({ ts: now.toISOString(), ...line })}\n`);
}

export interface BatchRecord {
  readonly id: string;
  readonly lines: readonly BatchLine[];
  /** Lines that are none. */
  readonly unreadable: number;
}

/** What a batch's file tells; nothing where there is none, or none that may be read. Never throws. */
export function readBatch(state: StateFiles, id: string): BatchRecord {
  let text: string;
  try {
    text = readText(batchFile(state, id)) ?? '';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    text = '';
  }
  const all = text.split('\n').filter((line) => line !== '');
  const lines = all.map(lineOf).filter((line) => line !== null);
  return { id, lines, unreadable: all.length - lines.length };
}

/** The ids of the batches of a workspace, in no order. Never throws. */
export function batchIds({ folder }: StateFiles): readonly string[] {
  try {
    const names = listFolder(path.join(folder, 'batch')).filter(({ kind }) => kind === 'file');
    return names.flatMap(({ name }) => /^([a-z0-9][a-z0-9-]*)\.jsonl$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if (error instanceof Problem) return []; // A link, or somebody else's.
    throw error;
  }
}

const TEXTS = ['task', 'run_id', 'sha256', 'until', 'commit', 'url'] as const;

/** Null: it is no line of a batch. */
function lineOf(text: string): BatchLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const line = value as Readonly<Record<string, unknown>>;
  const isSound =
    typeof line.ts === 'string' &&
    BATCH_STEPS.some((step) => step === line.step) &&
    TEXTS.every((name) => line[name] === undefined || typeof line[name] === 'string') &&
    (line.code === undefined || typeof line.code === 'number');
  return isSound ? (value as BatchLine) : null;
}

import { redactTokens } from '../../core/redact.ts';
import type { RawLogEntry } from '../../run/store-port.ts';
import type { StateDisk } from '../disk/disk.ts';
import type { RunLayout } from '../layout.ts';

export const TASK_RAW_LOG_HEADER = '# Autoloop Raw Phase Log\n';

export function runRawLogHeader(runId: string): string {
  return `# Autoloop Raw Phase Log (${runId})\n`;
}

/** Appends one entry to the run's ledger and the task's (docs/state.md), token shapes redacted. */
export async function appendRawLog(disk: StateDisk, layout: RunLayout, entry: RawLogEntry): Promise<void> {
  const text = rawLogText(layout.runId, entry);
  const ledgers = [
    { file: layout.rawLog, header: runRawLogHeader(layout.runId) },
    { file: layout.task.rawLog, header: TASK_RAW_LOG_HEADER },
  ];
  for (const { file, header } of ledgers) {
    await disk.create(file, header);
    await disk.append(file, text);
  }
}

/** The text of one entry, as it is appended. */
export function rawLogText(runId: string, entry: RawLogEntry): string {
  const fields = { run_id: runId, ...pick(entry) };
  const head = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${oneLine(String(value))}`)
    .join(' | ');
  return redactTokens(`\n\n---\n${head}\n---\n${harmless(entry.body)}\n`);
}

/** In the order of the format. */
function pick(entry: RawLogEntry) {
  const { entry: kind, pair, phase, process, cycle, attempt, turn, thread_id, source } = entry;
  return { entry: kind, pair, phase, process, cycle, attempt, turn, thread_id, source };
}

function oneLine(value: string): string {
  return value.replace(/[\s|]+/g, ' ').trim();
}

/** An agent's text must not pass for another entry, such as a clarification: a line like an entry's head is indented. */
function harmless(body: string): string {
  return body.replace(/^(?=run_id=\S* \| entry=)/gm, ' ').trimEnd();
}

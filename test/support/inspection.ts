import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { StatusDocument } from '../../src/inspect/status-document.ts';
import type { DoctorDocument } from '../../src/commands/doctor.ts';
import type { TaskDocument } from '../../src/inspect/task-document.ts';
import { until } from './marked-processes.ts';
import { hashFolder } from './readers.ts';
import { machineFolder } from '../../src/files/places.ts';
import type { Rig } from './rig.ts';

/** What `status --json` says; fails unless it exits 0. */
export async function statusOf(rig: Rig, args: readonly string[] = []): Promise<StatusDocument> {
  return (await jsonOf(rig, ['status', '--json', ...args], 0)) as StatusDocument;
}

export async function tasksOf(rig: Rig): Promise<TaskDocument['tasks']> {
  return ((await jsonOf(rig, ['--list-tasks', '--json'], 0)) as TaskDocument).tasks;
}

/** What `doctor --json` finds, with its exit code. */
export async function doctorIn(rig: Rig, env: Record<string, string> = {}) {
  const { code, stdout } = await rig.run(['doctor', '--json'], { env });
  const document = JSON.parse(stdout) as DoctorDocument;
  const of = (level: string) => document.findings.filter((finding) => finding.level === level);
  return { code, ...document, errors: of('error'), warnings: of('warning') };
}

/** A command that the program printed, as its arguments. */
export function argumentsOf(command: string | null): string[] {
  const words = command?.match(/'[^']*'|\S+/g) ?? [];
  if (words[0] !== 'autoloop') throw new Error(`not a command of the program: ${command ?? 'none'}`);
  return words.slice(1).map((word) => word.replace(/^'|'$/g, ''));
}

/** Names, modes and contents of everything in the rig but what the fakes write down of themselves, and the cache. */
export function everythingIn(rig: Rig): string {
  return [rig.sandbox.repository, rig.sandbox.env.HOME ?? ''].map((folder) => hashFolder(folder, ['.cache'])).join(' ');
}

/** The last that a killed start writes: its watchdog has ended what was left, and takes its ledger away. */
export async function watchdogIsDone(rig: Rig): Promise<void> {
  const state = path.join(rig.sandbox.env.HOME ?? '', '.local/state');
  const folder = machineFolder(rig.workspace, { XDG_STATE_HOME: state });
  const ledgers = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.processes')) : []);
  await until(
    () => `ledgers are left: ${ledgers().join(', ')}`,
    () => ledgers().length === 0,
  );
}

async function jsonOf(rig: Rig, args: readonly string[], code: number): Promise<unknown> {
  const ended = await rig.run(args);
  if (ended.code !== code) throw new Error(`${args.join(' ')} ended with ${ended.code ?? '?'}: ${ended.stderr}`);
  return JSON.parse(ended.stdout);
}

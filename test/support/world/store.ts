import { replay } from '../../../src/core/apply.ts';
import type { EventBody, RunEvent } from '../../../src/core/events.ts';
import { phaseKey } from '../../../src/core/ids.ts';
import { newSession, type SessionRecord } from '../../../src/core/session.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { formatTimestamp } from '../../../src/core/time.ts';
import { providerOf, type Scope } from '../../../src/core/vocabulary.ts';
import type { RawLogEntry, RunFiles, RunStore } from '../../../src/run/store-port.ts';
import { artifactsOf } from './artifacts.ts';
import { decisionsOf } from './decisions.ts';
import type { Disk } from './disk.ts';
import type { Operations } from './operations.ts';

export const WORKSPACE = '/workspace';
export const TASK = '.autoloop/tasks/demo';

/** A run's files, relative to the workspace. */
export function runFolder(runId: string): string {
  return `${TASK}/runs/${runId}`;
}

/** Makes what every run has from its start. It appears at once. */
export async function createRun(
  disk: Disk,
  operations: Operations,
  { runId, request, settings }: { runId: string; request: string; settings: Settings },
): Promise<void> {
  const run = runFolder(runId);
  const agent = settings.provider.roles.producer;
  await operations.write('create the run', () => {
    if (disk.logs.has(runId)) return;
    disk.put(`${run}/request.md`, request);
    disk.put(`${run}/run.json`, JSON.stringify({ run_id: runId }));
    disk.put(`${run}/sessions/plan.json`, JSON.stringify(newSession(providerOf(agent.name), stamp(disk))));
    disk.put(`${run}/decisions.txt`, '');
    disk.put(`${run}/raw_phase_log.md`, '');
    if (!disk.files.has(`${TASK}/raw_phase_log.md`)) disk.put(`${TASK}/raw_phase_log.md`, '');
    disk.put(`${run}/events.jsonl`, '');
    disk.logs.set(runId, []);
  });
}

/** The store of a run in memory; every write of it is one operation, as each is atomic. */
export function runStore(disk: Disk, operations: Operations, runId: string): RunStore {
  const run = runFolder(runId);
  const files = filesOf(run);
  const log = disk.logs.get(runId) ?? [];
  const relative = (file: string) => file.slice(WORKSPACE.length + 1);
  let turnBegan = 0;
  const append = (body: EventBody): RunEvent => {
    const event = { ts: stamp(disk), run_id: runId, seq: log.length + 1, ...body };
    const wire = JSON.parse(JSON.stringify(event)) as RunEvent;
    log.push(wire);
    disk.put(`${run}/events.jsonl`, `${log.length} events`);
    if (body.event_type === 'turn_started') turnBegan = disk.ticks;
    return wire;
  };
  const save = async (file: string, document: unknown) => {
    const text = JSON.stringify(document);
    if (disk.files.get(file) !== text) await operations.write(`save ${file}`, () => disk.put(file, text));
  };
  const addTo = (file: string, text: string) =>
    operations.write(`append to ${file}`, () => disk.put(file, `${disk.files.get(file) ?? ''}${text}`));

  return {
    files,
    request: disk.files.get(`${run}/request.md`) ?? '',
    opened: replay(log),
    taskFolder: TASK,
    decisions: decisionsOf(disk, operations, `${run}/decisions.txt`),
    artifacts: artifactsOf(disk, operations, (scope) => relative(files.artifactDir(scope))),
    append: (body) => operations.write('append', () => append(body)),
    saveRunMetadata: (metadata) => save(`${run}/run.json`, metadata),
    saveSession: (name, session) => save(relative(files.session(name)), session),
    readSession: (name) =>
      operations.look('read a session', () => parsed(disk.files.get(relative(files.session(name))))),
    async appendRawLog(entry) {
      await addTo(`${run}/raw_phase_log.md`, rawLogText(entry));
      await addTo(`${TASK}/raw_phase_log.md`, rawLogText(entry));
    },
    digest: (document) => hash(JSON.stringify(document)),
    saveReport: (name, text) => operations.write(`write ${name}`, () => disk.put(`${run}/${name}`, text)),
    async keep(kind, document) {
      const text = JSON.stringify(document);
      const name = `${kind}-${hash(text)}.json`;
      if (!disk.files.has(`${run}/turns/${name}`)) {
        await operations.write(`keep a ${kind}`, () => disk.put(`${run}/turns/${name}`, text));
      }
      return name;
    },
    recall: (name, of) => {
      const folder = of === undefined ? run : runFolder(of);
      return operations.look('recall', () => parsed(disk.files.get(`${folder}/turns/${name}`)) as unknown);
    },
    redactedCopies: () => ({ copies: new Map(), withheld: new Map() }),
    bookkeeping: (scope) => [
      `${TASK}/raw_phase_log.md`,
      ...disk.below(run).filter((path) => !/\/(?:turns|artifacts)\//.test(path)),
      ...(scope === null ? [] : disk.below(relative(files.artifactDir(scope)))),
    ],
    changedSince: () =>
      operations.look('look for changes', () =>
        [...disk.written].some(
          ([path, tick]) => tick > turnBegan && (!path.startsWith('.autoloop/') || path.includes('/artifacts/')),
        ),
      ),
    heal: () => operations.look('look at the state', () => []),
  };
}

export function stamp(disk: Disk): string {
  return formatTimestamp(new Date((disk.time += 1000)));
}

function filesOf(run: string): RunFiles {
  const at = `${WORKSPACE}/${run}`;
  const artifactDir = ({ pair, phaseId }: Scope) =>
    phaseId === null ? `${at}/artifacts/${pair}` : `${at}/artifacts/${pair}/phases/${phaseKey(phaseId)}`;
  return {
    workspace: WORKSPACE,
    run: at,
    request: `${at}/request.md`,
    events: `${at}/events.jsonl`,
    rawLog: `${at}/raw_phase_log.md`,
    decisions: `${at}/decisions.txt`,
    artifacts: `${at}/artifacts`,
    turns: `${at}/turns`,
    session: (name) => `${at}/sessions/${name}.json`,
    artifactDir,
  };
}

function rawLogText({ entry, pair, body }: RawLogEntry): string {
  return `--- ${entry} ${pair ?? ''}\n${body}\n`;
}

function parsed(text: string | undefined): SessionRecord | null {
  return text === undefined ? null : (JSON.parse(text) as SessionRecord);
}

/** FNV-1a. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16);
}

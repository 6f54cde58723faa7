import { providerOf } from '../core/vocabulary.ts';
import { newSession } from '../core/session.ts';
import type { Settings } from '../core/settings.ts';
import type { Narrator } from '../run/ports.ts';
import type { RunStore } from '../run/store-port.ts';
import { type Diagnostics, openDiagnostics } from '../store/run/diagnostics.ts';
import { stateDisk } from '../store/disk/disk.ts';
import { runLayout, type StateFiles, taskFiles } from '../store/layout.ts';
import type { WorkspaceLock } from '../store/lock.ts';
import { openRunStore } from '../store/run/open.ts';
import { ignoreLocalFiles } from '../store/run/run-folder.ts';
import { watchConfiguration } from './frozen-config.ts';
import { notified, notifierOf } from './notified.ts';
import { openingRecord, type OpeningRecord, tidyOpenings } from './opening-record.ts';
import type { PlannedRun } from './planned-run.ts';
import type { OpenedRun } from './ports.ts';

/** A workspace whose lock this process holds. */
export interface LockedWorkspace {
  readonly state: StateFiles;
  readonly lock: WorkspaceLock;
  /** Where the machine keeps what no agent may steer; null where that cannot be written. */
  readonly machine: string | null;
  /** The operator takes a log as it is (`--trust-log`). */
  readonly trustLog: boolean;
  /** Called when a run's files are open: whoever looks finds it by them from then on. */
  readonly hasBegun: (() => void) | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** See `Io`. */
  readonly isAttended: boolean;
}

/** Opens a run's files for writing; the lock tells from then on that this run is at work. */
export async function openRun(
  locked: LockedWorkspace,
  { taskId, runId, settings, create }: PlannedRun,
  narrator: Narrator,
): Promise<OpenedRun> {
  const { state, lock, machine, trustLog, hasBegun } = locked;
  await lock.renew(runId);
  const opening = machine === null ? null : openingRecord(machine, runId);
  if (machine !== null) tidyOpenings(machine, state);
  if (create !== null) await opening?.write(settings);
  const { store, warnings } = await openRunStore({
    workspace: state.workspace,
    taskId,
    runId,
    create: create && { ...create, provider: providerOf(settings.provider.name), session: firstSession(settings) },
    now: () => new Date(),
    warn: (text) => narrator.warn(text),
    machine,
    trustLog,
  });
  hasBegun?.();
  const diagnostics = await openDiagnostics(runLayout(taskFiles(state, taskId), runId));
  const watch = machine === null ? {} : { configurationWatch: watchConfiguration(state.workspace, machine) };
  const diagnosing = diagnosed(narrator, diagnostics);
  const own = withOpening(withLock(locked, store, runId), opening);
  const told = { store: { ...own, ...watch }, warnings };
  const notifier = notifierOf(locked, { taskId, runId, settings }, diagnosing);
  if (notifier === null) return { ...told, narrator: diagnosing };
  return { ...told, narrator: notified(diagnosing, notifier), settle: () => notifier.settle() };
}

function firstSession({ provider }: Settings) {
  return newSession(providerOf(provider.roles.producer.name), new Date().toISOString());
}

/** What an agent took away of the state may include the lock and the ignore file: they are put back with the rest. */
function withLock({ lock, state }: LockedWorkspace, store: RunStore, runId: string): RunStore {
  return {
    ...store,
    async heal() {
      const restored = await store.heal();
      if (restored.length > 0) {
        await lock.renew(runId);
        await ignoreLocalFiles(stateDisk(state), state);
      }
      return restored;
    },
  };
}

/** Once the log says with what the run began, nothing else has to. */
function withOpening(store: RunStore, opening: OpeningRecord | null): RunStore {
  return {
    ...store,
    async append(body) {
      const event = await store.append(body);
      if (event.event_type === 'run_started') opening?.drop();
      return event;
    },
  };
}

/** Events and warnings are written for whoever looks for a fault before a person is told. */
function diagnosed(narrator: Narrator, diagnostics: Diagnostics): Narrator {
  return {
    ...narrator,
    event(event) {
      diagnostics.info({ seq: event.seq, event_type: event.event_type }, 'event');
      if (event.event_type === 'noticed') diagnostics.warn({ seq: event.seq, kind: event.kind }, event.detail);
      narrator.event(event);
    },
    warn(text) {
      diagnostics.warn({}, text);
      narrator.warn(text);
    },
  };
}

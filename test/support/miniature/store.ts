import { replay } from '../../../src/core/apply.ts';
import { createHash } from 'node:crypto';
import type { RunEvent } from '../../../src/core/events.ts';
import { scopeKey } from '../../../src/core/scope.ts';
import type { Scope } from '../../../src/core/vocabulary.ts';
import type { ArtifactStore, DecisionsLedger, RunStore } from '../../../src/run/store-port.ts';
import type { Fate } from './failures.ts';
import { runMemory, type Memory, type RunMemory } from './memory.ts';

const TASK_FOLDER = '.autoloop/tasks/t';

/** A run's folder in memory, as the loop sees it. Writing a file of the state makes it dirty for git. */
export function storeIn(memory: Memory, runId: string, fate: Fate): RunStore {
  const run = runMemory(memory, runId);
  const folder = `${TASK_FOLDER}/runs/${runId}`;
  const touch = (name: string, text: string) => void memory.files.set(`${folder}/${name}`, text);
  return {
    request: 'Build it',
    taskFolder: TASK_FOLDER,
    opened: replay(run.log),
    files: filesIn(folder),
    append: (body) =>
      fate.op(() => {
        memory.time += 1000;
        const ts = new Date(memory.time).toISOString();
        const event: RunEvent = { ...body, ts, run_id: runId, seq: run.log.length + 1 };
        run.log.push(structuredClone(event));
        touch('events.jsonl', String(run.log.length));
        return event;
      }),
    saveRunMetadata: (metadata) => fate.op(() => void (run.metadata = metadata)),
    saveSession: (name, session) => fate.op(() => void run.sessions.set(name, session)),
    readSession: (name) => fate.op(() => run.sessions.get(name) ?? null),
    appendRawLog: () => fate.op(() => touch('raw_phase_log.md', String(memory.time))),
    keep: (kind, document) =>
      fate.op(() => {
        const text = JSON.stringify(document);
        const name = `${kind}-${createHash('sha1').update(text).digest('hex').slice(0, 16)}.json`;
        run.documents.set(name, text);
        return name;
      }),
    recall: (name) => fate.op(() => JSON.parse(run.documents.get(name) ?? 'null') as unknown),
    bookkeeping: () => [`${folder}/events.jsonl`, `${folder}/raw_phase_log.md`],
    changedSince: () => fate.op(() => false),
    heal: () => fate.op(() => []),
    decisions: ledgerIn(run, fate),
    artifacts: artifactsIn(run, fate),
  };
}

function filesIn(folder: string): RunStore['files'] {
  return {
    workspace: '/w',
    run: `/w/${folder}`,
    request: `/w/${folder}/request.md`,
    events: `/w/${folder}/events.jsonl`,
    rawLog: `/w/${folder}/raw_phase_log.md`,
    decisions: `/w/${folder}/decisions.txt`,
    artifacts: `/w/${folder}/artifacts`,
    turns: `/w/${folder}/turns`,
    session: (name) => `/w/${folder}/sessions/${name}.json`,
    artifactDir: (scope) => `/w/${folder}/artifacts/${scopeKey(scope)}`,
  };
}

function ledgerIn(run: RunMemory, fate: Fate): DecisionsLedger {
  return {
    openBlock: () => fate.op(() => 1),
    closeBlock: () => fate.op(() => undefined),
    nextSequences: () => fate.op(() => ({ turnSeq: 1, qaSeq: run.clarifications.length + 1 })),
    record: (clarification) =>
      fate.op(() => {
        const isKnown = run.clarifications.some((known) => known.qa_seq === clarification.qa_seq);
        if (!isKnown) run.clarifications.push(clarification);
      }),
  };
}

function artifactsIn(run: RunMemory, fate: Fate): ArtifactStore {
  const criteria = (scope: Scope) => `${scopeKey(scope)}/criteria.md`;
  const isIn = (scope: Scope, name: string) => name.startsWith(`${scopeKey(scope)}/`) && !name.endsWith('.warning');
  return {
    seed: (scope, text) =>
      fate.op(() => {
        if (!run.artifacts.has(criteria(scope))) run.artifacts.set(criteria(scope), text);
      }),
    fingerprint: (scope) => fate.op(() => JSON.stringify([...run.artifacts].filter(([name]) => isIn(scope, name)))),
    readCriteria: (scope) => fate.op(() => run.artifacts.get(criteria(scope)) ?? null),
    readPhasePlan: () => fate.op(() => ({ plan: run.plan, errors: [] })),
    writePhasePlan: (plan) => fate.op(() => void (run.plan = plan)),
    warnInFeedback: (scope, cycle, text) =>
      fate.op(() => void run.artifacts.set(`${scopeKey(scope)}/${cycle}.warning`, text)),
    readAuditResult: () =>
      fate.op(() => ({ verdict: verdictOf(run), revisedRequestSha256: '0', gapReportSha256: '0' })),
  };
}

function verdictOf(run: RunMemory) {
  const result = run.artifacts.get('audit/audit_result.json');
  if (result === undefined) return { kind: 'invalid', error: 'audit_result.json is missing' } as const;
  return { kind: result === 'gaps' ? 'gaps' : 'clean', summary: 's' } as const;
}

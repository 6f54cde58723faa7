import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import type { Row } from '../../src/web/documents.ts';
import { taskRows } from '../../src/web/task-rows.ts';
import { watchWorkspace } from '../../src/web/workspace-watch.ts';

const LOGS = fileURLToPath(new URL('logs/', import.meta.url));
const logs = readdirSync(LOGS).flatMap((release) =>
  readdirSync(path.join(LOGS, release)).flatMap((name) => (name.endsWith('.jsonl') ? [`${release}/${name}`] : [])),
);

/** What the page's server answers about a run of which only this log is left. */
async function pageOf(name: string) {
  const workspace = mkdtempSync(path.join(tmpdir(), 'page-of-log-'));
  try {
    const log = readFileSync(path.join(LOGS, name));
    const events = log
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const { run_id: runId = '' } = events[0] ?? {};
    const root = name.startsWith('superloop') ? '.superloop' : '.autoloop';
    const run = path.join(workspace, root, 'tasks/old/runs', runId);
    mkdirSync(run, { recursive: true });
    writeFileSync(path.join(run, 'events.jsonl'), log);
    const watched = watchWorkspace({
      seen: { workspace, elsewhere: () => [], homeOf: () => workspace },
      isReadOnly: true,
      command: () => Promise.reject(new Error('nothing is sent here')),
    });
    const page = await watched.run(runId);
    const answer = await page.answer();
    const turns = answer.rows.flatMap((row) => (row.kind === 'turn' ? [row.turn] : []));
    const opened = await Promise.all(turns.map((turn) => page.turn(turn)));
    const report = await page.report();
    const tasks = await taskRows(workspace, []);
    watched.close();
    return { events, runId, answer, opened, report, tasks };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** A row as somebody reads it. */
function words(row: Row): string {
  if (row.kind === 'fact') return row.text;
  const { turn, role, pair, phase_id: phase, cycle, outcome, commits } = row;
  const saved = commits.length === 0 ? '' : `, ${commits.length} saved`;
  return `${turn}: ${role} ${pair}${phase === null ? '' : ` ${phase}`} ${cycle}: ${outcome ?? 'goes on'}${saved}`;
}

describe('the page', () => {
  it.each(logs)(
    'shows %s: each turn once and to be opened, and how the run stands as the list has it',
    async (name) => {
      const { events, runId, answer, opened, tasks } = await pageOf(name);
      const begun = events.filter(({ event_type: type }) => type === 'turn_started').length;
      const turns = answer.rows.filter(({ kind }) => kind === 'turn');
      expect(turns.length).toBe(begun);
      expect(new Set(answer.rows.map(({ key }) => key)).size).toBe(answer.rows.length);
      expect(opened.map((turn) => turn?.row)).toEqual(turns);
      expect(answer.rows.map(words).filter((text) => /undefined|null|NaN|\[object/.test(text))).toEqual([]);
      expect(answer.status).toMatchObject({ run_id: runId, doubt: null });
      expect(tasks).toMatchObject([{ task_id: 'old', run_id: runId, status: answer.status.status, runs: 1 }]);
      expect(tasks[0]?.turns).toBe(answer.status.usage.turns);
      expect(tasks[0]?.needs_person).toBe(answer.status.status !== 'success');
    },
  );

  it('tells turns of the first releases, which did not log when one began', async () => {
    const { answer } = await pageOf('superloop/selected-one-phase.jsonl');
    expect(answer.rows.map(words)).toEqual([
      'run started: implement, test',
      'Phases: api',
      'phase api started',
      'implement api',
      'implement producer (cycle 1) finished',
      'implement verifier (cycle 1) finished',
      'implement complete (cycle 1)',
      'phase api deferred',
      'test api',
      'test producer (cycle 1) finished',
      'test verifier (cycle 1) finished',
      'test complete (cycle 1)',
      'phase api completed',
      'run finished: success (exit code 0)',
    ]);
    const asked = await pageOf('0.1.5/killed-while-asking.jsonl');
    expect(asked.answer.rows.map(words).at(-1)).toBe('plan producer (cycle 1) asks');
  });

  it('shows the question at which a run of 0.2.0 paused, with what it said, and takes it for one that needs a person', async () => {
    const { answer, tasks, opened } = await pageOf('0.2.0/paused-at-a-question.jsonl');
    expect(answer.rows.map(words).slice(-3)).toEqual([
      '3: producer implement phase-1 1: question',
      'implement producer (cycle 1) asks: Which? Best supposition: the first',
      'run finished: paused (exit code 4): a question waits for its answer: --resume --answer TEXT',
    ]);
    expect(answer.status).toMatchObject({
      question: {
        pair: 'implement',
        phase_id: 'phase-1',
        role: 'producer',
        text: 'Which?\nBest supposition: the first',
      },
      waiting: { kind: 'question' },
    });
    expect(tasks[0]).toMatchObject({ needs_person: true, where: 'waits for an answer' });
    expect(opened.map((turn) => turn?.notes)).toEqual([[], [], []]);
  });

  it('tells of a run that was steered who told it what, in which order, and which turn heard it', async () => {
    const { answer, opened, report } = await pageOf('after-0.2.0/steered.jsonl');
    const steering = /answer|instruction|[Pp]lan (?:waits|sent|approved)|pause by/;
    expect(answer.rows.map(words).filter((text) => steering.test(text) && !text.startsWith('run finished'))).toEqual([
      'answer (human, page): 8443',
      'instruction (human, page): Short names.',
      'The plan waits for approval',
      'Plan sent back (page): Smaller phases.',
      'instruction (auto, mcp): Look at the edges.',
      'The plan waits for approval',
      'Plan approved (cli)',
      'pause by the operator (page)',
      'instruction (human, cli): Keep the old names.',
    ]);
    expect(report.decisions.map(({ kind, text, by }) => [kind, text, by])).toEqual([
      ['question', 'Which port?', 'producer'],
      ['answer', '8443', 'page'],
      ['note', 'Short names.', 'page'],
      ['rejected', 'Smaller phases.', 'page'],
      ['note', 'Look at the edges.', 'mcp'],
      ['approved', '', 'cli'],
      ['note', 'Keep the old names.', 'cli'],
    ]);
    const heard = opened.flatMap((turn) => (turn?.notes.length === 0 ? [] : [[turn?.row.turn, turn?.notes]]));
    expect(heard).toEqual([
      [2, ['Question:\nWhich port?\n\nAnswer:\n8443', 'Short names.']],
      [4, ['The plan was not approved. Change it accordingly:\nSmaller phases.', 'Look at the edges.']],
      [7, ['Keep the old names.']],
      [8, ['Keep the old names.']],
    ]);
  });
});

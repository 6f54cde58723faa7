import { describe, expect, it } from 'vitest';
import { endLines } from '../../../src/inspect/end-text.ts';
import type { EndDocument } from '../../../src/inspect/end-document.ts';
import type { StatusDocument } from '../../../src/inspect/status-document.ts';

const USAGE = {
  turns: 3,
  duration_ms: 61_000,
  input_tokens: 1200,
  cached_input_tokens: null,
  output_tokens: 40,
  reasoning_tokens: null,
  cost_usd: 0.5,
};

const END: EndDocument = {
  audit: null,
  changes: null,
  chain_changes: null,
  commits: null,
  answered: 0,
  gap_report: null,
  blocked: null,
  left_uncommitted: [],
  merge_command: null,
};

const COMMITS = {
  count: 4,
  baseline: 'a'.repeat(40),
  chain_baseline: null,
  first: 'b'.repeat(40),
  last: 'c'.repeat(40),
};

function linesOf(end: Partial<EndDocument>, more: Partial<StatusDocument> = {}): readonly string[] {
  const status: StatusDocument = {
    version: 1,
    workspace: process.cwd(),
    task_id: 'job',
    run_id: 'run-20261128T210000Z-00000000',
    root: 'autoloop',
    status: 'success',
    since: '2026-11-28T22:00:00Z',
    reason: null,
    doubt: null,
    exit_code: 0,
    created_at: '2026-11-28T21:00:00Z',
    process: null,
    position: null,
    last_activity: null,
    limit_until: null,
    waiting: null,
    pending: [],
    limits: { max_turns: null, max_minutes: null, max_cost_usd: null },
    question: null,
    resume_command: null,
    pairs: ['plan'],
    completed: [],
    phases: [],
    usage: { ...USAGE, by_pair: {} },
    chain: { parent_run_id: null, followup_run_id: null, depth: 0, usage: USAGE },
    end: { ...END, ...end },
    files: {
      run: '.autoloop/tasks/job/runs/run-20261128T210000Z-00000000',
      request: null,
      events: null,
      raw_log: null,
      decisions: null,
      diagnostics: null,
      turn_log: null,
      artifacts: [],
    },
    ...more,
  };
  return endLines(status);
}

describe('the end of a run', () => {
  it('tells what the commits changed, where they are, what was taken, and how to look, squash and go on', () => {
    expect(linesOf({ changes: { files: 1, added: 7, removed: 2 }, commits: COMMITS })).toEqual([
      'Changed: 1 file, +7 -2 lines',
      'Commits: 4, bbbbbbbbbb to cccccccccc',
      'Took: 3 turns, 1 min 1 s, 1,200 in, 40 out, $0.5000; 2026-11-28T21:00:00Z to 2026-11-28T22:00:00Z',
      "Look: git diff aaaaaaaaaa..cccccccccc -- . ':!.autoloop', or of this run: autoloop diff --run-id run-20261128T210000Z-00000000",
      'Squash: git reset --soft aaaaaaaaaa && git commit (whatever was committed since becomes one commit)',
      'Go on: autoloop --task-id job --intent-mode append --intent "What else"',
    ]);
  });

  it('names the work tree in its commands where that is another folder: pasted here they would move the branch of this one', () => {
    const lines = linesOf({ commits: COMMITS }, { workspace: '/trees/my job' });
    expect(lines.filter((line) => line.includes('git '))).toEqual([
      "Look: git -C '/trees/my job' diff aaaaaaaaaa..cccccccccc -- . ':!.autoloop', or of this run: autoloop diff --run-id run-20261128T210000Z-00000000 --workspace '/trees/my job'",
      "Squash: git -C '/trees/my job' reset --soft aaaaaaaaaa && git -C '/trees/my job' commit (whatever was committed since becomes one commit)",
    ]);
  });

  it('names the files of a run in another folder as they can be opened from here', () => {
    const end = { gap_report: 'gaps.md', blocked: { text: null, feedback: 'feedback.md' } };
    const named = (workspace: string) => linesOf(end, { workspace }).filter((line) => line.endsWith('.md'));
    expect(named(process.cwd())).toEqual(['Gaps: gaps.md', 'Feedback: feedback.md']);
    expect(named('/trees/job')).toEqual(['Gaps: /trees/job/gaps.md', 'Feedback: /trees/job/feedback.md']);
  });

  it('counts the chain beside a follow-up, and squashes the whole of it', () => {
    const chain = { parent_run_id: 'run-x', followup_run_id: null, depth: 2, usage: { ...USAGE, turns: 9 } };
    const commits = { ...COMMITS, chain_baseline: 'd'.repeat(40) };
    const changes = { files: 0, added: 0, removed: 0 };
    const lines = linesOf({ changes, chain_changes: { files: 2, added: 1, removed: 1 }, commits }, { chain });
    expect(lines[0]).toBe('Changed: nothing; 2 files, +1 -1 lines since the first run of the chain');
    expect(lines).toContain('Chain: 3 runs, 9 turns, 1 min 1 s, 1,200 in, 40 out, $0.5000');
    expect(lines.find((line) => line.startsWith('Squash:'))).toContain('dddddddddd');
  });

  it('has no more than 17 lines whatever there is to say, none of which moves a cursor', () => {
    const chain = { parent_run_id: 'run-x', followup_run_id: null, depth: 2, usage: { ...USAGE, turns: 9 } };
    const lines = linesOf(
      {
        audit: 'two\nlines \u001b[31mred',
        changes: { files: 3, added: 1, removed: 1 },
        commits: COMMITS,
        answered: 2,
        gap_report: 'gap_report.md',
        blocked: { text: Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n'), feedback: 'feedback.md' },
        left_uncommitted: Array.from({ length: 100 }, (_, at) => `f${at}`),
      },
      {
        chain,
        phases: [
          { phase_id: 'a', status: 'completed' },
          { phase_id: 'b', status: 'blocked' },
        ],
      },
    );
    expect(lines.length).toBeLessThanOrEqual(17);
    expect(lines.join('')).not.toMatch(/[\n\u001b]/);
    expect(lines).toContain('Audit: two lines red');
    expect(lines).toContain('Phases: 1 of 2 done; left: b');
    expect(lines).toContain('Blocked: line 0');
    expect(lines).toContain('  line 2 …');
    expect(lines.find((line) => line.startsWith('Left uncommitted:'))).toMatch(/, f19 and 80 more$/);
  });

  it('says that nothing was committed where nothing was', () => {
    expect(linesOf({})[0]).toBe('Changed: no commit was made');
  });
});

it('the end of a run in a work tree of its own names what brings it in', () => {
  const merge_command = 'autoloop merge job --into main --workspace /trees/job';
  expect(linesOf({ merge_command })).toContain(`Bring it in: ${merge_command}`);
  expect(linesOf({}).join('\n')).not.toContain('Bring it in');
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { authors, MUL_TESTS, OLD_TESTS, SHELL_CHECK, SHELL_PROJECT, WITH_MUL } from '../support/shell-project.ts';
import { SAFETY, SNAPSHOT_SUBJECT } from '../../src/git/snapshot.ts';

/** Keys whose values are described elsewhere, or are maps by name. */
const OPEN = new Set(['event', 'by_pair', 'values']);

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!OPEN.has(key)) return [key, ...keysOf(inner)];
    return [
      key,
      ...(key === 'event'
        ? []
        : Object.values(inner as object)
            .slice(0, 1)
            .flatMap(keysOf)),
    ];
  });
}

const OTHER = OLD_TESTS.replace('"$(sub 3 2)" 1', '"$(sub 3 2)" -1');

/** One that had its time long ago. */
function keepOldSnapshot(rig: Rig): void {
  const env = { ...process.env, GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' };
  const args = ['commit-tree', '-p', 'HEAD', '-m', SNAPSHOT_SUBJECT, 'HEAD^{tree}'];
  const commit = execFileSync('git', args, { cwd: rig.workspace, env, encoding: 'utf8' }).trim();
  rig.git('update-ref', `${SAFETY}run-old`, commit);
}

describe('docs/json.md', () => {
  it('names every key of every document, and no other', async () => {
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors(
        {
          'lib.sh': WITH_MUL.replace('$1 - $2', '$2 - $1'),
          'tests/t_add.sh': OTHER,
          '${bundle}/test_changes.yaml': '- {test: subtracts, criterion: AC-1, reason: it is better}\n',
        },
        MUL_TESTS,
        [
          { pair: 'plan', role: 'producer', nth: 1, shell: ['true'] },
          { pair: 'implement', role: 'producer', nth: 1, question: 'Which?' },
        ],
      ),
    });
    await rig.run(['--intent', 'Build it', '--task-id', 'job', '--max-iterations', '2']);
    const documents: string[] = [];
    const ask = async (...args: string[]) => documents.push((await rig.run([...args, '--json'])).stdout);
    await ask('note', 'Be quick');
    await ask('status');
    await ask('wait', '--seconds', '1');
    documents.push(...(await rig.run(['logs', '--json'])).stdout.trim().split('\n'));
    expect((await rig.run(['--resume', '--answer', 'The first'])).code).toBe(6);
    rig.write('lib.sh', 'mine\n');
    keepOldSnapshot(rig);
    for (const what of ['report', 'checks', 'undo --to 1 --dry-run', 'clean --history --dry-run']) {
      await ask(...what.split(' '));
    }
    for (const what of ['--list-tasks', 'checkpoints', 'doctor', '--print-config']) await ask(what);
    rig.script({});
    await rig.run(['--worktree', '--intent', 'Plan it', '--task-id', 'apart', '--pairs', 'plan']);
    for (const what of ['worktree list', 'merge apart', 'worktree remove apart --force']) await ask(...what.split(' '));
    // Of `process`, which is null for a run that waits, of `failed_check`, where no check of a merge fails, and of a task in a batch.
    const unseen = ['pid', 'host', 'how', 'last', 'done', 'open'];
    const found = new Set([...unseen, ...documents.flatMap((text) => keysOf(JSON.parse(text)))]);
    const text = readFileSync(path.join(PROJECT, 'docs/json.md'), 'utf8');
    const named = new Set([...text.matchAll(/`([a-z_][a-z_\d]*)`/g)].map(([, name = '']) => name));
    expect([...found].filter((key) => !named.has(key))).toEqual([]);
    expect([...named].filter((name) => !found.has(name) && !VALUES.has(name))).toEqual([]);
  });
});

describe('a document for programs', () => {
  it('holds no sign that a terminal acts upon, whichever command prints it', async () => {
    const hostile = 'a\u202eb\u009bc\u007fd\u2028';
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'producer', question: `Which ${hostile}?` }] },
    });
    const place = path.join(rig.workspace, hostile);
    mkdirSync(place);
    writeFileSync(path.join(place, 'autoloop.yaml'), 'runtime:\n  no_git: true\n');
    const at = ['--workspace', place];
    const run = await rig.run(['--intent', hostile, '--task-id', 'job', ...at]);
    expect(run.code).toBe(4);
    for (const what of ['--list-tasks', '--print-config', 'status', 'doctor', 'logs']) {
      const { stdout } = await rig.run([what, '--json', ...at]);
      expect.soft(stdout, what).toContain('\\u202eb\\u009bc\\u007fd\\u2028');
      expect
        .soft(stdout.replaceAll('\n', ''), what)
        .not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    }
  });
});

/** What stands in the document as a value of a key. */
const VALUES = new Set(
  (
    'autoloop superloop starting running success failed fatal_error blocked needs_followup paused interrupted crashed not_started ' +
    'planned in_progress completed deferred producer verifier command file message notice output activity unreadable ' +
    'limit warning error default null feedback approval ended taken done good so bad proven reviewed missing complete incomplete ' +
    'note pause stop approve reject wait pair report squash rebase there gone out_of_reach no_task list remove clean merge ' +
    'approved rejected terminal cli page mcp'
  ).split(' '),
);
